package api

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"anju/server/credential"
	"anju/server/office"
)

// statusLists names every list that an offline checker needs (Token Status List, "Status List Aggregation").
func (a *API) statusLists(c *fiber.Ctx) error {
	if _, err := query(c); err != nil {
		return err
	}
	ids, err := a.office.StatusListIDs(c.UserContext())
	if err != nil {
		return err
	}
	out := struct {
		StatusLists []string `json:"status_lists"`
	}{[]string{}}
	for _, id := range ids {
		out.StatusLists = append(out.StatusLists, a.office.StatusListAddress(id))
	}
	c.Set(fiber.HeaderAccessControlAllowOrigin, "*")
	return c.JSON(out)
}

// statusList gives out one signed list. Who has it already is told so, by its ETag.
func (a *API) statusList(c *fiber.Ctx) error {
	if _, err := query(c); err != nil {
		return err
	}
	list, err := a.office.StatusList(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	tag := fmt.Sprintf(`"%s-%x"`, hex.EncodeToString(list.Digest[:8]), list.AsOf.Unix())
	c.Set(fiber.HeaderETag, tag)
	c.Set(fiber.HeaderCacheControl, fmt.Sprintf("public, max-age=%d", office.StatusTTL/time.Second))
	c.Set(fiber.HeaderAccessControlAllowOrigin, "*")
	if held(c.Get(fiber.HeaderIfNoneMatch), tag) {
		return c.SendStatus(fiber.StatusNotModified)
	}
	c.Set(fiber.HeaderContentType, credential.StatusListType)
	return c.Send(list.Token)
}

// held reports whether a tag stands in an If-None-Match header (RFC 9110 section 13.1.2: compared weakly).
func held(header, tag string) bool {
	for one := range strings.SplitSeq(header, ",") {
		if one = strings.TrimSpace(one); one == "*" || strings.TrimPrefix(one, "W/") == tag {
			return true
		}
	}
	return false
}
