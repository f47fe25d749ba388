package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"

	"anju/server/office"
)

// statisticsCommand prints the on-time rate of each month as it is published, and beside it the one counted anew from the history of every
// application. It fails when they differ: then what is published is not what happened.
func statisticsCommand(ctx context.Context, c config, rest []string, out io.Writer, log *slog.Logger) (err error) {
	if len(rest) > 1 {
		return errors.New("usage: anju statistics [-month 2026-10] [CITY]")
	}
	h, err := openHouse(ctx, c, clock{}, false, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	known := false
	for _, j := range h.office.Book.Jurisdictions() {
		if len(rest) == 1 && rest[0] != j.Code {
			continue
		}
		known = true
		compare, what := compareRates, "months"
		if c.month != "" {
			compare, what = compareMonth(c.month), "figures"
		}
		differs, cityErr := compare(ctx, h.office, j.Code, j.Name.En, out)
		if cityErr != nil {
			return cityErr
		}
		if differs > 0 {
			err = errors.Join(err, fmt.Errorf("%s: %d %s differ", j.Code, differs, what))
		}
	}
	if !known {
		return fmt.Errorf("there is no city %s", rest[0])
	}
	return err
}

// compareRates prints a city's months and returns how many differ.
func compareRates(ctx context.Context, o *office.Office, city, name string, out io.Writer) (differs int, err error) {
	published, err := o.PublicStatistics(ctx, city)
	if err != nil {
		return 0, err
	}
	recount, err := o.Recount(ctx, city)
	if err != nil {
		return 0, err
	}
	fmt.Fprintf(out, "%s %s, statutory deadlines met\n  month     published        counted anew\n", city, name)
	for _, m := range published {
		anew := recount[m.Month]
		delete(recount, m.Month)
		mark := ""
		if anew.Deadlines != m.Deadlines || anew.OnTime != m.OnTime {
			differs, mark = differs+1, "  differs"
		}
		fmt.Fprintf(out, "  %s  %-15s  %s%s\n", m.Month, share(m), share(anew), mark)
	}
	for _, month := range slices.Sorted(maps.Keys(recount)) {
		if month > published[len(published)-1].Month { // deadlines of months to come that were met already
			fmt.Fprintf(out, "  %s  %-15s  %s\n", month, "not yet", share(recount[month]))
		}
	}
	return differs, nil
}

// share writes how many of how many, and the rate.
func share(m office.MonthCount) string {
	if m.Deadlines == 0 {
		return "-"
	}
	return fmt.Sprintf("%d/%d %.1f %%", m.OnTime, m.Deadlines, *m.Rate())
}

// compareMonth prints every figure of the monthly report as the report counts it from the record, and beside it as it was counted anew, one line
// of the histories after the other; and what was closed otherwise. It returns how many figures of the first two differ.
func compareMonth(named string) func(context.Context, *office.Office, string, string, io.Writer) (int, error) {
	return func(ctx context.Context, o *office.Office, city, name string, out io.Writer) (differs int, err error) {
		month, ok := o.ParseMonth(named)
		if !ok {
			return 0, fmt.Errorf("%q is no month such as 2026-10 that has begun", named)
		}
		reported, anew, closed, err := o.RecountMonth(ctx, city, month)
		if err != nil {
			return 0, err
		}
		fmt.Fprintf(out, "%s %s, %s\n  county  figure                          reported  counted anew\n", city, name, named)
		counties := map[string]bool{}
		for county := range reported {
			counties[county] = true
		}
		for county := range anew {
			counties[county] = true
		}
		for _, county := range slices.Sorted(maps.Keys(counties)) {
			for _, f := range office.MonthlyFigures() {
				n, again := reported[county][f.Name()], anew[county][f.Name()]
				fixed, isClosed := closed[county]
				mark := ""
				if n != again {
					differs, mark = differs+1, "  differs"
				}
				if isClosed && fixed.Figures[f.Name()] != n {
					mark += fmt.Sprintf("  closed as %d", fixed.Figures[f.Name()])
				}
				if n != 0 || again != 0 || mark != "" {
					fmt.Fprintf(out, "  %-6s  %-30s  %8d  %12d%s\n", county, f.Name(), n, again, mark)
				}
			}
		}
		return differs, nil
	}
}
