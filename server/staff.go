package main

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/credential"
	"anju/server/office"
	"anju/server/policy"
)

// migrate brings the database to the schema of this program. serve and demo do the same when they start.
func migrate(ctx context.Context, c config, rest []string, out io.Writer, log *slog.Logger) error {
	if len(rest) > 0 {
		return fmt.Errorf("migrate takes settings only, not %q", rest[0])
	}
	cluster, _, err := openDatabase(ctx, c, log)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "The schema is up to date.")
	if cluster != nil {
		return cluster.Stop()
	}
	return nil
}

// keys lists the signing keys, or makes a new one that signs from now on.
func keys(ctx context.Context, c config, rest []string, out io.Writer, log *slog.Logger) (err error) {
	making := len(rest) == 1 && rest[0] == "new"
	withdrawing := len(rest) == 2 && rest[0] == "withdraw"
	if len(rest) > 0 && !making && !withdrawing {
		return errors.New("usage: anju keys [new | withdraw KID]")
	}
	var kid credential.KeyID
	if withdrawing {
		if n, err := hex.Decode(kid[:], []byte(rest[1])); err != nil || n != len(kid) || len(rest[1]) != 2*len(kid) {
			return fmt.Errorf("%q is no key id: four hexadecimal digits, as the list shows them", rest[1])
		}
	}
	h, err := openHouse(ctx, c, clock{}, false, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	switch {
	case making:
		if kid, err = h.office.CreateSigningKey(ctx); err != nil {
			return err
		}
		fmt.Fprintf(out, "Key %s signs from now on; older keys are still accepted.\n", kid)
	case withdrawing:
		n, err := h.office.WithdrawSigningKey(ctx, kid)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "Key %s is withdrawn: nothing it signed counts any more. %d permits were signed again, and the status lists; codes on paper must be printed anew.\n", kid, n)
	}
	set, err := h.office.KeySet().JWKS()
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s\n", set)
	return nil
}

// staff adds a staff member. The password is read from standard input, so that it stands in no history; the second factor is printed once.
func staff(ctx context.Context, c config, rest []string, out io.Writer, log *slog.Logger) (err error) {
	if len(rest) < 4 || rest[0] != "add" {
		return errors.New("usage: anju staff add LOGIN NAME ROLE@STATION@CITY ... (password on standard input, 12 characters or more)")
	}
	member := access.StaffMember{ID: office.NewKey(), Login: rest[1], Name: rest[2]}
	for _, words := range rest[3:] {
		post, err := parsePost(words)
		if err != nil {
			return err
		}
		member.Posts = append(member.Posts, post)
	}
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	password := strings.TrimRight(line, "\r\n")
	if len([]rune(password)) < 12 {
		return errors.New("a password has at least 12 characters")
	}
	h, err := openHouse(ctx, c, clock{}, false, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	member.PasswordHash = access.HashPassword(password)
	secret, address, err := access.NewTOTPSecret(member.Login)
	if err != nil {
		return err
	}
	member.TOTPSecret = secret
	err = h.store.Within(ctx, func(tx office.Tx) error {
		for _, post := range member.Posts {
			if post.Department != "" && !knowsDepartment(h.office.Book, post.Jurisdiction, post.Department) {
				return fmt.Errorf("no ruleset of %s has a department %s", post.Jurisdiction, post.Department)
			}
			if post.Station == "" { // a post of the whole city or of a department
				continue
			}
			if _, err := tx.Station(ctx, post.Jurisdiction, post.Station); errors.Is(err, office.ErrNotFound) {
				return fmt.Errorf("there is no station %s in %s", post.Station, post.Jurisdiction)
			} else if err != nil {
				return err
			}
		}
		return tx.CreateStaff(ctx, member)
	})
	if errors.Is(err, &office.Error{What: office.Conflict, Why: "login_taken"}) {
		return fmt.Errorf("the login %s is taken", member.Login)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s can sign in. Second factor, shown this once, for an authenticator app:\n%s\n", member.Login, address)
	return nil
}

// parsePost reads ROLE@STATION@CITY. For an editor, a publisher and a department's window the middle is the department (none for a
// publisher), and the last may be a county: the government whose catalogue it is.
func parsePost(words string) (access.Post, error) {
	fields := strings.Split(words, "@")
	role, ok := access.ParseRole(fields[0])
	if !ok || len(fields) != 3 {
		return access.Post{}, fmt.Errorf("%q is not ROLE@STATION@CITY, with a role of %v", words, access.Roles())
	}
	post := access.Post{Role: role, Station: fields[1], Jurisdiction: fields[2]}
	switch role {
	case access.Editor, access.Publisher:
		d, ok := civic.DivisionByCode(fields[2])
		if !ok {
			return access.Post{}, fmt.Errorf("%q: there is no division %s", words, fields[2])
		}
		post = access.Post{Role: role, Department: fields[1], Government: d.Code, Jurisdiction: d.Code[:4] + "00"}
	case access.Verifier:
		post = access.Post{Role: role, Department: fields[1], Jurisdiction: fields[2]}
	}
	if !post.Valid() {
		return access.Post{}, fmt.Errorf("%q: an editor has a department and a city or county (editor@edu@350602), a publisher a city or county (publisher@@350602)", words)
	}
	return post, nil
}

// knowsDepartment reports whether a ruleset of the city names a department.
func knowsDepartment(book *policy.Book, city, code string) bool {
	j, ok := book.Jurisdiction(city)
	return ok && slices.ContainsFunc(j.Rulesets, func(r *policy.Ruleset) bool {
		_, ok := r.Department(code)
		return ok
	})
}
