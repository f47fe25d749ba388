package web

import (
	"errors"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/access"
)

// Guard says who may come to an address. The zero Guard is a mistake that stops the start.
type Guard struct {
	Kind    access.Kind   // access.Anyone lets everybody in
	Roles   []access.Role // staff only: one of them is needed
	Missing fiber.Handler // answers who is not signed in; nil: a page goes to the sign-in, anything else is refused with 401
}

// Public lets everybody in. Who is signed in at the counter is known all the same.
var Public = Guard{Kind: access.Anyone}

// Citizen lets in who signed in with a phone.
func Citizen(missing fiber.Handler) Guard { return Guard{Kind: access.Citizen, Missing: missing} }

// KioskVisit lets in a visit that was begun at the kiosk; anything else starts there.
func KioskVisit() Guard {
	return Guard{Kind: access.Kiosk, Missing: func(c *fiber.Ctx) error { return SeeOther(c, doors[access.Kiosk]) }}
}

// Staff lets in staff with one of the roles at any station; with no role named, all staff. Which cases they see is not decided here.
func Staff(roles ...access.Role) Guard { return Guard{Kind: access.Staff, Roles: roles} }

// Partner lets in whoever comes with a partner's key. What the partner may do is not decided here.
func Partner() Guard { return Guard{Kind: access.Partner} }

// doors are where each kind signs in.
var doors = map[access.Kind]string{access.Citizen: "/sign-in", access.Staff: "/console/sign-in", access.Kiosk: "/kiosk"}

// visitors are the kinds that a counter's public pages look for.
var visitors = map[string]access.Kind{"portal": access.Citizen, "kiosk": access.Kiosk, "console": access.Staff}

// admit resumes the session of the visit and asks the guard. done means that the answer has been given.
func (s *Site) admit(c *fiber.Ctx, v *Visit, r *Counter, g Guard) (done bool, err error) {
	kind := g.Kind
	if kind == access.Partner {
		return false, s.admitPartner(c, v)
	}
	if kind == access.Anyone {
		if kind = visitors[r.name]; kind == "" {
			return false, nil
		}
	}
	if err := s.resume(c, v, kind); err != nil {
		if g.Kind != access.Anyone {
			return false, err
		}
		s.config.Log.Warn("session not resumed", "id", v.ID, "error", redact(err.Error())) // a public page needs nobody
	}
	switch {
	case g.Kind == access.Anyone:
		return false, nil
	case v.Session == nil && g.Missing != nil:
		return true, g.Missing(c)
	case v.Session == nil && safe(c.Method()):
		return true, SeeOther(c, doors[g.Kind]+"?next="+url.QueryEscape(NextPath(v.Path, "/")))
	case v.Session == nil:
		return false, &Error{What: kindUnauthorised}
	case len(g.Roles) > 0 && !v.Actor.Holds(g.Roles...):
		return false, &Error{What: kindForbidden, Why: "role"}
	}
	return false, nil
}

// admitPartner finds whose key the request brings (RFC 6750, 2.1).
func (s *Site) admitPartner(c *fiber.Ctx, v *Visit) error {
	scheme, key, _ := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
	if s.config.Partners == nil || !strings.EqualFold(scheme, "Bearer") || key == "" {
		c.Set(fiber.HeaderWWWAuthenticate, "Bearer")
		return &Error{What: kindUnauthorised, Why: "key_missing"}
	}
	actor, err := s.config.Partners.Admit(c.UserContext(), strings.TrimSpace(key), v.Peer)
	if err != nil {
		if judge(err).status == fiber.StatusUnauthorized {
			c.Set(fiber.HeaderWWWAuthenticate, "Bearer")
		}
		return err
	}
	actor.RequestID = v.ID
	v.Actor = actor
	return nil
}

// resume finds who the cookie belongs to. A cookie that belongs to nobody is dropped, never adopted.
func (s *Site) resume(c *fiber.Ctx, v *Visit, kind access.Kind) error {
	token := Cookie(c, string(kind))
	if token == "" {
		return nil
	}
	session, actor, err := s.config.Sessions.Resume(c.UserContext(), kind, token)
	var known interface{ Kind() string }
	switch {
	case err == nil && session.Kind == kind && actor.Kind == kind:
		v.Session, v.Actor = &session, actor
		v.Actor.RequestID = v.ID
	case err == nil:
		return errors.New("web: a session of another kind was resumed")
	case errors.As(err, &known) && known.Kind() == kindNotFound:
		if session.Subject != "" && session.EndedAt.IsZero() {
			v.Lapsed = &session
		}
		DropCookie(c, string(kind))
	default:
		return err
	}
	return nil
}

func safe(method string) bool {
	return method == fiber.MethodGet || method == fiber.MethodHead || method == fiber.MethodOptions
}
