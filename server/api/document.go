package api

import (
	_ "embed"

	"github.com/gofiber/fiber/v2"
)

//go:embed openapi.yaml
var openAPI []byte

// document is the contract of this counter (OpenAPI 3.1).
func document(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, "application/yaml")
	return c.Send(openAPI)
}

// keys are the public halves of the signing keys, with which anybody may check a code without asking us: so any page may read them.
func (a *API) keys(c *fiber.Ctx) error {
	set, err := a.office.KeySet().JWKS()
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/jwk-set+json")
	c.Set(fiber.HeaderAccessControlAllowOrigin, "*")
	return c.Send(set)
}
