package office

import (
	"bytes"
	"context"
	"errors"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/ledger"
	"anju/server/permit"
)

// ErrSignedOut says that a cookie belongs to no session, or to one that has ended.
var ErrSignedOut = &Error{What: NotFound, Why: "signed_out"}

// Resume finds the session of a cookie and whom it belongs to. A session that has ended by time is returned together with
// ErrSignedOut, so that a counter can keep what was typed for the same person.
func (o *Office) Resume(ctx context.Context, kind access.Kind, token string) (session access.Session, actor access.Actor, err error) {
	now, ended := o.now(), false
	err = o.Store.Within(ctx, func(tx Tx) error {
		if session, err = tx.Session(ctx, kind, access.HashToken(token)); err != nil {
			return err
		}
		if ended = !session.Alive(now); ended {
			return nil
		}
		actor = access.Actor{Kind: kind, ID: session.Subject}
		if kind == access.Staff {
			member, err := tx.StaffByID(ctx, session.Subject)
			if err != nil {
				return err
			}
			if ended = !member.DisabledAt.IsZero(); ended { // a disabled member's sessions are dead in the same second
				return nil
			}
			actor.Name, actor.Posts = member.Name, member.Posts
		}
		if session.NeedsTouch(now) {
			return tx.TouchSession(ctx, session.Hash, now)
		}
		return nil
	})
	switch {
	case errors.Is(err, ErrNotFound):
		return access.Session{}, access.Actor{}, ErrSignedOut
	case err != nil:
		return access.Session{}, access.Actor{}, err
	case ended:
		return session, access.Actor{}, ErrSignedOut
	}
	return session, actor, nil
}

// Sessions returns where the actor is signed in.
func (o *Office) Sessions(ctx context.Context, actor access.Actor) (alive []access.Session, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		all, err := tx.SessionsOf(ctx, actor.Kind, actor.ID)
		for _, s := range all {
			if s.Alive(o.now()) {
				alive = append(alive, s)
			}
		}
		return err
	})
	return alive, err
}

// EndOtherSessions ends every session of the actor but the one in use, such as one that was left open at another desk.
func (o *Office) EndOtherSessions(ctx context.Context, actor access.Actor, current access.Session) error {
	return o.Store.Within(ctx, func(tx Tx) error {
		all, err := tx.SessionsOf(ctx, actor.Kind, actor.ID)
		if err != nil {
			return err
		}
		for _, s := range all {
			if bytes.Equal(s.Hash, current.Hash) {
				continue
			}
			if err := tx.EndSession(ctx, s.Hash, o.now()); err != nil {
				return err
			}
		}
		return tx.Record(ctx, o.entry(actor, ledger.SignedOut, "other_sessions"))
	})
}

// SignOut ends a session.
func (o *Office) SignOut(ctx context.Context, actor access.Actor, session access.Session) error {
	return o.Store.Within(ctx, func(tx Tx) error {
		if err := tx.EndSession(ctx, session.Hash, o.now()); err != nil {
			return err
		}
		return tx.Record(ctx, o.entry(actor, ledger.SignedOut, ""))
	})
}

// begin creates a session and returns the token for its cookie.
func (o *Office) begin(ctx context.Context, tx Tx, kind access.Kind, subject string) (string, error) {
	token, hash := access.NewToken()
	now := o.now()
	return token, tx.CreateSession(ctx, access.Session{Hash: hash, Kind: kind, Subject: subject, CreatedAt: now, SeenAt: now})
}

// BeginVisit starts a visit at a kiosk: a session of its own that knows nobody yet.
func (o *Office) BeginVisit(ctx context.Context) (token string, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		token, err = o.begin(ctx, tx, access.Kiosk, newID())
		return err
	})
	return token, err
}

// throttle counts an event and refuses it when the limit is passed.
func (o *Office) throttle(ctx context.Context, tx Tx, limit access.Limit, key string) error {
	n, until, err := tx.Count(ctx, limit, key, o.now())
	if err == nil && n > limit.Max {
		err = access.ErrThrottled{Limit: limit, Until: until}
	}
	return err
}

// throttled counts in a transaction of its own, so that a refused attempt stays counted.
func (o *Office) throttled(ctx context.Context, key string, limits ...access.Limit) error {
	var over error
	err := o.Store.Within(ctx, func(tx Tx) error {
		for _, limit := range limits {
			err := o.throttle(ctx, tx, limit, key)
			if reached := (access.ErrThrottled{}); errors.As(err, &reached) {
				over = &Error{What: Throttled, Why: "try_later"}
				continue
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return over
}

// SendCode sends a one-time code to a phone and returns the challenge token for the browser's cookie. Known and unknown phones get
// the same answer. peer is where the request came from.
func (o *Office) SendCode(ctx context.Context, phone, purpose, lang, peer string) (challenge string, err error) {
	number, err := civic.ParsePhone(phone)
	if err != nil {
		return "", judged(permit.Faults{{Field: "phone", Code: "phone"}})
	}
	if err := o.throttled(ctx, number, access.CodesPerPhoneHour, access.CodesPerPhoneDay); err != nil {
		return "", err
	}
	if err := o.throttled(ctx, peer, access.CodesPerPeerHour); err != nil {
		return "", err
	}
	if err := o.throttled(ctx, "", access.CodesPerDay); err != nil {
		o.Log.Error("the daily cap of one-time codes is reached")
		return "", err
	}
	code, now := access.NewCode(), o.now()
	challenge, hash := access.NewToken()
	err = o.Store.Within(ctx, func(tx Tx) error {
		c := access.Challenge{Hash: hash, Purpose: purpose, Phone: number, CodeHash: access.HashCode(o.CodeKey, hash, code), ExpiresAt: now.Add(access.CodeLifetime)}
		if err := tx.CreateChallenge(ctx, c); err != nil {
			return err
		}
		return tx.Send(ctx, o.message(number, lang, signInCode, "Code", code))
	})
	return challenge, err
}

// EnterCode checks a code for the browser that asked for it. It returns the account, made when the phone is new.
func (o *Office) EnterCode(ctx context.Context, challenge, purpose, code, lang string) (account Account, err error) {
	code, ok := access.ParseCode(code)
	if !ok { // a slip of the finger is no try
		return Account{}, judged(permit.Faults{{Field: "code", Code: "code_digits"}})
	}
	var judgement error
	err = o.Store.Within(ctx, func(tx Tx) error {
		c, err := tx.Challenge(ctx, access.HashToken(challenge))
		if errors.Is(err, ErrNotFound) || err == nil && c.Purpose != purpose {
			judgement = access.ErrCodeExpired
			return nil
		}
		if err != nil {
			return err
		}
		judgement = c.Try(o.CodeKey, code, o.now())
		if err := tx.SaveChallenge(ctx, c); err != nil { // a wrong try counts, so it is stored whatever the answer
			return err
		}
		if judgement != nil {
			return nil
		}
		account, err = tx.AccountOf(ctx, c.Phone, lang, o.now())
		return err
	})
	switch {
	case err != nil:
		return Account{}, err
	case errors.Is(judgement, access.ErrCodeWrong):
		return Account{}, judged(permit.Faults{{Field: "code", Code: "code_wrong"}})
	case errors.Is(judgement, access.ErrCodeTries):
		return Account{}, judged(permit.Faults{{Field: "code", Code: "code_tries"}})
	case judgement != nil:
		return Account{}, judged(permit.Faults{{Field: "code", Code: "code_expired"}})
	}
	return account, nil
}

// SignIn checks a citizen's code and begins a session. An older session of the same browser ends.
func (o *Office) SignIn(ctx context.Context, actor access.Actor, challenge, code, lang string, old *access.Session) (token string, err error) {
	account, err := o.EnterCode(ctx, challenge, "sign-in", code, lang)
	if err != nil {
		return "", err
	}
	actor.Kind, actor.ID = access.Citizen, account.ID
	err = o.Store.Within(ctx, func(tx Tx) error {
		if old != nil {
			if err := tx.EndSession(ctx, old.Hash, o.now()); err != nil {
				return err
			}
		}
		if token, err = o.begin(ctx, tx, access.Citizen, account.ID); err != nil {
			return err
		}
		entry := o.entry(actor, ledger.SignedIn, "")
		entry.Account = account.ID
		return tx.Record(ctx, entry)
	})
	return token, err
}

// SignInStaff checks login, password and, outside the demo, the second factor. It never says which of them was wrong.
func (o *Office) SignInStaff(ctx context.Context, actor access.Actor, login, password, code, peer string) (token string, err error) {
	if err := o.throttled(ctx, login, access.StaffPerLogin); err != nil {
		return "", err
	}
	if err := o.throttled(ctx, peer, access.StaffPerPeer); err != nil {
		return "", err
	}
	var member access.StaffMember
	err = o.Store.Within(ctx, func(tx Tx) error {
		member, err = tx.StaffByLogin(ctx, login)
		return err
	})
	if err != nil && !errors.Is(err, ErrNotFound) {
		return "", err
	}
	ok := access.CheckPassword(member.PasswordHash, password) && member.DisabledAt.IsZero()
	step := member.TOTPStep
	if ok && !o.Demo {
		step, ok = access.CheckTOTP(member.TOTPSecret, code, member.TOTPStep, o.now())
	}
	if !ok {
		return "", judged(permit.Faults{{Field: "login", Code: "credentials"}})
	}
	actor.Kind, actor.ID, actor.Name, actor.Posts = access.Staff, member.ID, member.Name, member.Posts
	err = o.Store.Within(ctx, func(tx Tx) error {
		if err := tx.SaveTOTPStep(ctx, member.ID, step); err != nil {
			return err
		}
		if token, err = o.begin(ctx, tx, access.Staff, member.ID); err != nil {
			return err
		}
		return tx.Record(ctx, o.entry(actor, ledger.SignedIn, ""))
	})
	return token, err
}

// parkFor is how long a form is kept for somebody whose session ended.
const parkFor = 30 * time.Minute

// Park keeps what was typed when a session had ended, for the account that the session belonged to.
func (o *Office) Park(ctx context.Context, account, path string, values map[string][]string) error {
	return o.Store.Within(ctx, func(tx Tx) error {
		return tx.Park(ctx, ParkedForm{Account: account, Path: path, Values: values, Until: o.now().Add(parkFor)})
	})
}

// Unpark gives a parked form back, once. No form is no error: the values are nil.
func (o *Office) Unpark(ctx context.Context, account, path string) (values map[string][]string, err error) {
	err = o.Store.Within(ctx, func(tx Tx) error {
		parked, err := tx.Unpark(ctx, account, path, o.now())
		values = parked.Values
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return values, err
}
