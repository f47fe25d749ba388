package main

import (
	"encoding/json"
	"errors"
	"log/slog"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"anju/kiosk"
	"anju/kiosk/device"
	"anju/portal"
	"anju/server/api"
	"anju/server/console"
	"anju/server/notify"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/text"
	"anju/server/web"
)

// newSite opens the counters of an office.
func newSite(c config, o *office.Office, keys device.Keys, log *slog.Logger) (*web.Site, error) {
	site, err := web.New(web.Config{Origin: c.origin, TrustedProxies: c.trustedProxies, Demo: o.Demo, Log: log, Sessions: o, Partners: o, ErrorPage: errorPage})
	if err != nil {
		return nil, err
	}
	health := site.Counter("health")
	health.Get("/healthz", web.Public, func(c *fiber.Ctx) error { return c.SendString("alive\n") })
	health.Get("/readyz", web.Public, func(c *fiber.Ctx) error { return ready(c, o) })

	citizens := portal.New(o, log)
	citizens.Words(notify.Words)
	citizens.Routes(site.Counter("portal"))
	if o.Demo {
		citizens.Demo(site.Counter("portal"))
	}
	kiosk.New(kiosk.Config{Office: o, AgentAddr: c.agentAddr, Keys: keys, Log: log}).Routes(site.Counter("kiosk"))
	console.New(o, log).Routes(site.Counter("console"))
	api.New(o).Routes(site.Counter("api"))
	return site, site.Seal()
}

// ready answers 503 with the reason, as a code, while the office cannot serve.
func ready(c *fiber.Ctx, o *office.Office) error {
	err := o.Ready(c.UserContext())
	if err == nil {
		return c.SendString("ready\n")
	}
	reason := "unavailable"
	if known := new(office.Error); errors.As(err, &known) {
		reason = known.Why
	}
	body, err := json.Marshal(map[string]string{"reason": reason})
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return c.Status(fiber.StatusServiceUnavailable).Send(body)
}

// errorPage is the page of every error, in the frame of the counter at which it happened.
func errorPage(v *web.Visit, _ int, kind, reason string) templ.Component {
	p := v.Printer
	title, advice := web.ErrorWords(p, kind)
	if text.Has("error." + reason) {
		advice = p.Say("error." + reason)
	}
	frame := parts.FrameView{Variant: parts.PortalFrame, Title: title, Path: v.Path, Demo: v.Demo}
	back := parts.Link{Label: p.Say("error.home"), Href: "/"}
	switch v.Counter {
	case "console":
		frame.Variant, back.Href = parts.ConsoleFrame, "/console"
	case "kiosk":
		frame.Variant, back.Href = parts.KioskFrame, "/kiosk"
	}
	return errorView(p, frame, title, advice, v.ID, back)
}
