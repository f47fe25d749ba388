package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-playground/validator/v10"
)

// config holds every setting. Each is a flag and an ANJU_ variable of the same name; a flag wins.
type config struct {
	addr           string
	adminAddr      string
	data           string
	databaseURL    string
	databaseDirect string
	pgBin          string
	pgNpm          string
	agentAddr      string
	kioskKeys      string
	month          string // of the statistics command alone
	origin         string
	trustedProxies []string
	secrets        string
	ledgerHeads    string
	smsURL         string
	demoPassword   string
	clock          string
	extensions     []extension
}

// extension keeps a ruleset in force past its end, on the authority of a document: "zibo-2014 2027-12-31 文号".
type extension struct{ ruleset, until, document string }

// setting is one line of -help.
type setting struct {
	name, fallback, meaning string
	set                     func(*config, string) error
}

var settings = []setting{
	{"addr", "127.0.0.1:8080", "address of portal, kiosk, console and API", func(c *config, v string) error { return hostPort(&c.addr, v) }},
	{"admin-addr", "127.0.0.1:8081", "address of /metrics and profiles; not for the public", func(c *config, v string) error { return hostPort(&c.adminAddr, v) }},
	{"data", "./.anju", "folder of the embedded database, of the master key and of what set-up brings", func(c *config, v string) error { c.data = v; return nil }},
	{"database-url", "", "PostgreSQL to use; empty runs the embedded one", func(c *config, v string) error { return postgresURL(&c.databaseURL, v) }},
	{"database-direct-url", "", "the same database as its owner and without a pooler, for migrations; empty: database-url", func(c *config, v string) error { return postgresURL(&c.databaseDirect, v) }},
	{"pg-bin", "", "folder of PostgreSQL's programs for the embedded database; empty: search; npm: the npm package", func(c *config, v string) error { c.pgBin = v; return nil }},
	{"pg-npm", "", "folder of PostgreSQL's npm package, where it is used; several databases may share it; empty: npm in data", func(c *config, v string) error { c.pgNpm = v; return nil }},
	{"agent-addr", "127.0.0.1:18650", "address of the kiosk agent, as the kiosk's browser reaches it", func(c *config, v string) error { return hostPort(&c.agentAddr, v) }},
	{"kiosk-keys", "", "public keys of the kiosk agents whose card reads are believed, as each agent prints it, with commas between", func(c *config, v string) error { c.kioskKeys = v; return nil }},
	{"origin", "", "public origin such as https://anju.example; goes into QR codes; empty: http:// and addr", func(c *config, v string) error { return publicOrigin(&c.origin, v) }},
	{"trusted-proxies", "", "addresses or networks of proxies whose X-Forwarded-For is believed, with commas between", func(c *config, v string) error { return proxies(&c.trustedProxies, v) }},
	{"secrets", "", "file of the master keys, mode 0600; empty: master.keys in data, made at the first start", func(c *config, v string) error { c.secrets = v; return nil }},
	{"ledger-heads", "", "file that the signed heads of the ledger are added to, best on another machine's disk; empty: ledger.heads in data", func(c *config, v string) error { c.ledgerHeads = v; return nil }},
	{"sms-url", "", "HTTP gateway for texts; empty: they stay in the outbox", func(c *config, v string) error { return httpURL(&c.smsURL, v) }},
	{"demo-password", "", "password of the demo's staff; empty: random and printed", func(c *config, v string) error { c.demoPassword = v; return nil }},
	{"clock", "", "demo only: a fixed time (2026-11-22T09:30:00+08:00), a date to start from, or a shift (+36h)", func(c *config, v string) error { c.clock = v; return nil }},
	{"extensions", "", "rulesets that stay in force past their end: id until document; several with ; between", func(c *config, v string) error { return extensions(&c.extensions, v) }},
}

// variable is the ANJU_ name of a setting.
func (s setting) variable() string {
	return "ANJU_" + strings.ToUpper(strings.ReplaceAll(s.name, "-", "_"))
}

// kioskVariables belong to the kiosk's agent; set for both in one environment, they are no mistake here.
var kioskVariables = []string{"ANJU_AGENT_SERIAL", "ANJU_AGENT_KEY"}

// readConfig reads environment and flags. environ is in the form of os.Environ.
func readConfig(command string, args, environ []string, help io.Writer) (config, []string, error) {
	var c config
	for _, s := range settings {
		if err := s.set(&c, s.fallback); err != nil {
			return c, nil, err
		}
	}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, "ANJU_") || slices.Contains(kioskVariables, name) {
			continue
		}
		i := slices.IndexFunc(settings, func(s setting) bool { return s.variable() == name })
		if i < 0 {
			return c, nil, fmt.Errorf("%s is not a setting; -help lists them", name)
		}
		if value == "" {
			continue
		}
		if err := settings[i].set(&c, value); err != nil {
			return c, nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	flags := flag.NewFlagSet("anju "+command, flag.ContinueOnError)
	flags.SetOutput(help)
	for _, s := range settings {
		flags.Func(s.name, fmt.Sprintf("%s (%s, default %q)", s.meaning, s.variable(), s.fallback), func(v string) error { return s.set(&c, v) })
	}
	if command == "statistics" {
		flags.StringVar(&c.month, "month", "", "count every figure of the monthly report of this month anew, such as 2026-10")
	}
	var rest []string // what is no setting; settings may stand before, between and behind
	for {
		if err := flags.Parse(args); err != nil {
			return c, nil, err
		}
		if flags.NArg() == 0 {
			break
		}
		rest, args = append(rest, flags.Arg(0)), flags.Args()[1:]
	}
	if c.origin == "" {
		c.origin = "http://" + c.addr
	}
	if c.databaseDirect == "" {
		c.databaseDirect = c.databaseURL
	}
	return c, rest, nil
}

// valid checks single values.
var valid = validator.New(validator.WithRequiredStructEnabled())

func hostPort(into *string, v string) error {
	if strings.HasPrefix(v, ":") {
		return fmt.Errorf("%q names no host; say 0.0.0.0 to listen everywhere", v)
	}
	if valid.Var(v, "required,hostname_port") != nil {
		return fmt.Errorf("%q is not host:port", v)
	}
	*into = v
	return nil
}

func postgresURL(into *string, v string) error {
	if v != "" && !strings.HasPrefix(v, "postgres://") && !strings.HasPrefix(v, "postgresql://") {
		return errors.New("not an address of the form postgres://user@host/database") // the value may hold a password: not repeated
	}
	*into = v
	return nil
}

func publicOrigin(into *string, v string) error {
	if v == "" {
		return nil
	}
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.User != nil {
		return fmt.Errorf("%q is not an origin such as https://anju.example", v)
	}
	*into = v
	return nil
}

func httpURL(into *string, v string) error {
	if valid.Var(v, "omitempty,http_url") != nil {
		return fmt.Errorf("%q is not an http address", v)
	}
	*into = v
	return nil
}

func proxies(into *[]string, v string) error {
	*into = strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' })
	for _, one := range *into {
		if valid.Var(one, "ip|cidr") != nil {
			return fmt.Errorf("%q is neither an address nor a network", one)
		}
	}
	return nil
}

func extensions(into *[]extension, v string) error {
	*into = nil
	for one := range strings.SplitSeq(v, ";") {
		fields := strings.Fields(one)
		if len(fields) == 0 {
			continue
		}
		if len(fields) < 3 {
			return fmt.Errorf("%q is not of the form: ruleset until document", one)
		}
		*into = append(*into, extension{fields[0], fields[1], strings.Join(fields[2:], " ")})
	}
	return nil
}

// clock tells the time of the house: the machine's, or in the demo a fixed or shifted one.
type clock struct {
	fixed time.Time
	shift time.Duration
}

// Now is the time.
func (c clock) Now() time.Time {
	if !c.fixed.IsZero() {
		return c.fixed
	}
	return time.Now().Add(c.shift)
}

// parseClock reads the clock setting: an instant that stands still, a date from which it runs, or a shift.
func parseClock(s string, now time.Time) (clock, error) {
	if s == "" {
		return clock{}, nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return clock{fixed: t}, nil
	}
	if t, err := time.Parse("2006-01-02", s); err == nil {
		today := now.UTC().Truncate(24 * time.Hour)
		return clock{shift: t.Sub(today)}, nil
	}
	if d, err := time.ParseDuration(s); err == nil {
		return clock{shift: d}, nil
	}
	return clock{}, fmt.Errorf("clock: %q is neither a time, a date nor a shift", s)
}
