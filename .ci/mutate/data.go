package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// choices are the values that a rule turns on, each with another one.
var choices = map[string]string{
	"county": "prefecture", "prefecture": "county", "registered": "intended", "intended": "registered", "any": "all", "all": "any",
	"calendar": "working", "working": "calendar", "issue": "residence", "residence": "issue", "registration": "permit_issue",
	"permit_issue": "registration", "true": "false", "false": "true", "text": "inferred", "inferred": "text",
	"police_station": "county_police", "county_police": "police_station", "traffic_police": "police_station", "department": "none", "none": "department",
	"employment_service": "department", "basic_service": "convenience", "convenience": "basic_service", "tier_service": "convenience",
	"duty": "service", "service": "duty", "assisting": "service",
}

var (
	ruleLine = regexp.MustCompile(`^(\s*(?:- )?)(across|rule|months|days|need|every_months|window_months|counted_from|n|unit|roll_holiday|yuan|confirmed|cross_county_resets|` +
		`late_endorsement_restarts|legacy_permit_counts|term_years|after_months|three_year_ground|from|to|free|office|departments_source|category|by_office|age_from|role|household|minor_below|older_from|below): (.+)$`)
	listLine = regexp.MustCompile(`^(\s*(?:- )?)(conditions|tiers|departments|for|settled_for|kinds|relations|by|except): \[(.+)\]$`)
)

// data finds the rules of the rulesets.
func data(root string) ([]mutant, error) {
	var all []mutant
	err := filepath.WalkDir(filepath.Join(root, "rulesets"), func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		source, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		lines := strings.Split(string(source), "\n")
		for i, line := range lines {
			for _, now := range inverted(line) {
				changed := append(append(append([]string{}, lines[:i]...), now), lines[i+1:]...)
				all = append(all, mutant{name, i + 1, strings.TrimSpace(line), strings.TrimSpace(now), []byte(strings.Join(changed, "\n"))})
			}
		}
		return nil
	})
	return all, err
}

// inverted are the other ways in which a line could stand.
func inverted(line string) []string {
	if m := listLine.FindStringSubmatch(line); m != nil {
		var ways []string
		values := strings.Split(m[3], ", ")
		for i := range values { // each of the list left out
			rest := append(append([]string{}, values[:i]...), values[i+1:]...)
			ways = append(ways, m[1]+m[2]+": ["+strings.Join(rest, ", ")+"]")
		}
		return ways
	}
	m := ruleLine.FindStringSubmatch(line)
	if m == nil {
		return nil
	}
	with := func(value string) []string { return []string{m[1] + m[2] + ": " + value} }
	if other, ok := choices[m[3]]; ok {
		return with(other)
	}
	if n, err := strconv.Atoi(m[3]); err == nil {
		return with(strconv.Itoa(n + 1))
	}
	if day, err := time.Parse(time.DateOnly, m[3]); err == nil {
		return with(day.AddDate(0, 0, 1).Format(time.DateOnly))
	}
	return nil
}
