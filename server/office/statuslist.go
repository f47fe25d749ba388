package office

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"anju/server/credential"
	"anju/server/permit"
)

// PublishedList is a status list as it is given out.
type PublishedList struct {
	Kid    credential.KeyID
	Digest [32]byte // SHA-256 of the places
	Token  []byte   // signed, as credential.CheckStatusList reads it
	AsOf   time.Time
}

// PublishEvery is how often the lists are compared with the record; a change is public at the latest after it. A checker asks again after
// StatusTTL, so that what a list says is known everywhere within a minute.
const (
	PublishEvery = 20 * time.Second
	StatusTTL    = 30 * time.Second
)

// refreshAfter is when a list that did not change is signed anew, so that its age tells that the house is alive.
const refreshAfter = time.Hour

// PublishStatus brings the published status lists up to the record. A list is signed anew when a permit in it has changed its status, when its
// key was withdrawn, or after an hour. It decides nothing: a status changes by a decision or a rule, each with its event, and is copied here. It
// returns how many lists it signed; a list that another process is publishing is left to it.
func (o *Office) PublishStatus(ctx context.Context) (signed int, err error) {
	set, signer := o.ring.current()
	if signer == nil {
		return 0, &Error{What: Unavailable, Why: "no_signing_key"}
	}
	for _, j := range o.Book.Jurisdictions() {
		lists := 0
		err := o.Store.Within(ctx, func(tx Tx) (err error) {
			lists, err = tx.StatusLists(ctx, j.Code)
			return err
		})
		if err != nil {
			return signed, err
		}
		for number := 1; number <= lists; number++ {
			made := false
			err := o.Store.Within(ctx, func(tx Tx) (err error) {
				made, err = o.publish(ctx, tx, set, signer, j.Code, number)
				return err
			})
			if err != nil && !errors.Is(err, ErrStale) {
				return signed, err
			}
			if made {
				signed++
			}
		}
	}
	return signed, nil
}

func (o *Office) publish(ctx context.Context, tx Tx, set credential.KeySet, signer credential.Signer, jurisdiction string, number int) (made bool, err error) {
	if err := tx.LockStatusList(ctx, jurisdiction, number); err != nil {
		return false, err
	}
	was, err := tx.StatusList(ctx, jurisdiction, number)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return false, err
	}
	now := o.now() // before the statuses are read: the list is as of then, and not newer
	list := credential.NewStatusList(credential.MaxStatusList)
	err = tx.Standings(ctx, jurisdiction, number, func(index int, s permit.Status) error {
		return list.Set(index, credential.StandingOf(statuses[s]))
	})
	if err != nil {
		return false, err
	}
	digest := sha256.Sum256(list.Bytes())
	if was.Token != nil && was.Digest == digest && now.Sub(was.AsOf) < refreshAfter && set.Knows(was.Kid) {
		return false, nil
	}
	token, err := credential.SignStatusList(signer, o.StatusListAddress(StatusListID(jurisdiction, number)), list, now, StatusTTL)
	if err != nil {
		return false, err
	}
	return true, tx.SaveStatusList(ctx, jurisdiction, number, PublishedList{Kid: signer.KeyID(), Digest: digest, Token: token, AsOf: now})
}

// StatusListID names a list of a city in addresses: "350600-1".
func StatusListID(jurisdiction string, number int) string {
	return jurisdiction + "-" + strconv.Itoa(number)
}

// StatusListAddress is where a list is given out, and the name under which it is signed.
func (o *Office) StatusListAddress(id string) string { return o.Origin + "/api/v1/status-lists/" + id }

// StatusList is a published list by its id. Any other id is not found.
func (o *Office) StatusList(ctx context.Context, id string) (l PublishedList, err error) {
	jurisdiction, rest, _ := strings.Cut(id, "-")
	number, err := strconv.Atoi(rest)
	if err != nil || number < 1 || StatusListID(jurisdiction, number) != id {
		return l, fmt.Errorf("office: status list %q: %w", id, ErrNotFound)
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		l, err = tx.StatusList(ctx, jurisdiction, number)
		return err
	})
	return l, err
}

// StatusListIDs are the ids of all lists that are given out, city by city.
func (o *Office) StatusListIDs(ctx context.Context) (ids []string, err error) {
	for _, j := range o.Book.Jurisdictions() {
		err := o.Store.Within(ctx, func(tx Tx) error {
			lists, err := tx.StatusLists(ctx, j.Code)
			for n := 1; n <= lists; n++ {
				ids = append(ids, StatusListID(j.Code, n))
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return ids, nil
}
