// Package scene builds named situations: people at every stage in both cities, and the staff who serve them. Tests, browser journeys
// and the demo use the same scenes, made through the office's own verbs with a clock that the scene sets, so that every history in them
// could have happened. All people are invented; their ID numbers have valid check digits and belong to nobody we know.
package scene

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"anju/server/access"
	"anju/server/civic"
	"anju/server/office"
	"anju/server/policy"
)

// Clock is a clock that stands where it is put. It serves tests; scenes set it to tell their stories.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock returns a clock that stands at an instant.
func NewClock(at time.Time) *Clock { return &Clock{at: at} }

// Now is the time that the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Set puts the clock.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

// Add moves the clock.
func (c *Clock) Add(d time.Duration) { c.Set(c.Now().Add(d)) }

// City is a city of the demo, with the station at which its scenes play.
type City struct {
	Jurisdiction string
	County       string
	Street       string // of the main station
	OtherStreet  string // of a station that must not see the main station's cases
	Prefix       string // of the staff's logins
}

// Zhangzhou and Zibo are the two cities.
var (
	Zhangzhou = City{"350600", "350602", "350602001", "350602002", "zz"}
	Zibo      = City{"370300", "370303", "370303001", "370303002", "zb"}
)

// Cities lists both.
func Cities() []City { return []City{Zhangzhou, Zibo} }

// station is the code of the station that serves a street.
func station(street string) string { return "S" + street }

// Station is the code of the city's main station.
func (c City) Station() string { return station(c.Street) }

// Colleague is a staff member of a scene.
type Colleague struct {
	Login string
	Name  string
	City  City
	Other bool // works at the other station
	Roles []access.Role
	// Government and Department are those of an editor, publisher or department window.
	Government, Department string
}

// posts are a colleague's posts: at a station, or in a department.
func (c Colleague) posts() []access.Post {
	street := c.City.Street
	if c.Other {
		street = c.City.OtherStreet
	}
	var all []access.Post
	for _, role := range c.Roles {
		post := access.Post{Jurisdiction: c.City.Jurisdiction, Station: station(street), Role: role, Government: c.Government, Department: c.Department}
		if c.Government != "" || c.Department != "" {
			post.Station = ""
		}
		all = append(all, post)
	}
	return all
}

// Colleagues lists the staff: in each city one person per role of the main job, an assistant, one who serves another station, an auditor, a supervisor;
// at the education department an editor of the city and one of a county and its window; a publisher of the city and one of the county; an
// administrator.
func Colleagues() []Colleague {
	var all []Colleague
	names := map[string][]string{
		"zz": {"陈晓岚", "黄志远", "吴佩珊", "郑海峰", "许文静", "庄慧玲", "林秋实", "沈若谷", "杨思齐", "柯明月", "苏静怡", "江一舟", "邱小满", "范知秋"},
		"zb": {"孙丽华", "王建国", "张春燕", "刘明哲", "赵雪梅", "邢志刚", "于文博", "宋雨晨", "韩立新", "毕晓光", "徐佳宁", "丁文轩", "栾海棠", "鲁怀远"},
	}
	for _, city := range Cities() {
		n := names[city.Prefix]
		all = append(all,
			Colleague{Login: city.Prefix + ".accept", Name: n[0], City: city, Roles: []access.Role{access.Acceptor}},
			Colleague{Login: city.Prefix + ".review", Name: n[1], City: city, Roles: []access.Role{access.Reviewer}},
			Colleague{Login: city.Prefix + ".issue", Name: n[2], City: city, Roles: []access.Role{access.Issuer}},
			Colleague{Login: city.Prefix + ".other", Name: n[3], City: city, Other: true, Roles: []access.Role{access.Acceptor, access.Reviewer}},
			Colleague{Login: city.Prefix + ".audit", Name: n[4], City: city, Roles: []access.Role{access.Auditor}},
			Colleague{Login: city.Prefix + ".supervise", Name: n[5], City: city, Roles: []access.Role{access.Supervisor}},
			Colleague{Login: city.Prefix + ".supervise.second", Name: n[13], City: city, Roles: []access.Role{access.Supervisor}}, // a correction needs two
			Colleague{Login: city.Prefix + ".edit", Name: n[6], City: city, Roles: []access.Role{access.Editor}, Government: city.Jurisdiction, Department: "edu"},
			Colleague{Login: city.Prefix + ".publish", Name: n[7], City: city, Roles: []access.Role{access.Publisher}, Government: city.Jurisdiction},
			Colleague{Login: city.Prefix + ".edit.county", Name: n[8], City: city, Roles: []access.Role{access.Editor}, Government: city.County, Department: "edu"},
			Colleague{Login: city.Prefix + ".publish.county", Name: n[9], City: city, Roles: []access.Role{access.Publisher}, Government: city.County},
			Colleague{Login: city.Prefix + ".window", Name: n[10], City: city, Roles: []access.Role{access.Verifier}, Department: "edu"},
			Colleague{Login: city.Prefix + ".administer", Name: n[11], City: city, Roles: []access.Role{access.Administrator}},
			Colleague{Login: city.Prefix + ".assist", Name: n[12], City: city, Roles: []access.Role{access.Assistant}},
		)
	}
	return all
}

// House is a furnished office: what the scenes were built with.
type House struct {
	Office *office.Office
	Store  office.Store
	Clock  *Clock
}

// NewHouse opens an office over a store for a test: both cities with their rulesets in force, a clock that stands at Morning, no second
// factor for staff.
func NewHouse(ctx context.Context, store office.Store, origin string, log *slog.Logger) (House, error) {
	book, err := policy.Load()
	if err != nil {
		return House{}, err
	}
	clock := NewClock(Morning)
	o := office.New(office.Config{Store: store, Clock: clock, Book: book, Calendar: civic.DefaultCalendar(), Origin: origin, CodeKey: []byte("key of the test"), Demo: true, Log: log,
		Extensions: []policy.Extension{{Ruleset: "zibo-2014", Until: civic.MustDate("2030-12-31"), Document: "test"}}})
	return House{Office: o, Store: store, Clock: clock}, o.Open(ctx)
}

// Furnish makes the stations of both cities, one for each street or town, and the staff with the given password. What else is there already
// stays, so a demo that starts again finds its house as it left it.
func (h House) Furnish(ctx context.Context, password string) error {
	err := h.Store.Within(ctx, func(tx office.Tx) error {
		for _, city := range Cities() {
			for _, county := range civic.Counties(city.Jurisdiction) {
				for _, street := range civic.Streets(county.Code) {
					if err := tx.CreateStation(ctx, stationOf(city, county, street)); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("scene: stations: %w", err)
	}
	hash := access.HashPassword(password)
	for _, c := range Colleagues() {
		m := access.StaffMember{ID: office.NewKey(), Login: c.Login, Name: c.Name, PasswordHash: hash, Posts: c.posts()}
		err := h.Store.Within(ctx, func(tx office.Tx) error {
			known, err := tx.StaffByLogin(ctx, c.Login)
			if errors.Is(err, office.ErrNotFound) {
				return tx.CreateStaff(ctx, m)
			}
			if err != nil {
				return err
			}
			return tx.SetPassword(ctx, known.ID, hash)
		})
		if err != nil {
			return fmt.Errorf("scene: staff %s: %w", c.Login, err)
		}
	}
	return nil
}

// stationOf names the police station of a street, and the county's police that issues (签发机关).
func stationOf(city City, county, street civic.Division) office.Station {
	short := street.Name
	for _, suffix := range []string{"街道", "镇", "乡"} {
		short = strings.TrimSuffix(short, suffix)
	}
	prefecture, _ := civic.DivisionByCode(city.Jurisdiction)
	issuer := civic.Text{Zh: county.Name + "公安局", En: "Public Security Bureau of " + county.Name}
	if civic.IsMunicipalDistrict(county.Code) {
		issuer = civic.Text{Zh: prefecture.Name + "公安局" + strings.TrimSuffix(county.Name, "区") + "分局", En: county.Name + " Branch, Public Security Bureau of " + prefecture.Name}
	}
	return office.Station{Jurisdiction: city.Jurisdiction, Code: station(street.Code), Divisions: []string{street.Code}, Issuer: issuer,
		Name:    civic.Text{Zh: short + "派出所", En: short + " Police Station"},
		Address: civic.Text{Zh: prefecture.Name + county.Name + street.Name, En: street.Name + ", " + county.Name + ", " + prefecture.Name}}
}

// Actor signs a colleague in without a browser: who acts in a scene.
func (h House) Actor(ctx context.Context, login string) (access.Actor, error) {
	var m access.StaffMember
	err := h.Store.Within(ctx, func(tx office.Tx) (err error) {
		m, err = tx.StaffByLogin(ctx, login)
		return err
	})
	return access.Actor{Kind: access.Staff, ID: m.ID, Name: m.Name, Posts: m.Posts}, err
}
