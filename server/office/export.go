package office

import (
	"context"
	"strconv"

	"anju/server/access"
	"anju/server/ledger"
)

// MaxExport is how many lines of a list are given out in one file.
const MaxExport = 5000

// exportPage is how many lines are read at a time.
const exportPage = 200

// ExportQueue is the queue as it is filtered, up to MaxExport lines. The ledger keeps that a file was made and of how many, beside the entry
// of each person in it.
func (o *Office) ExportQueue(ctx context.Context, actor access.Actor, q QueueQuery) (page QueuePage, err error) {
	scope := actor.Scope()
	if len(scope.Stations) == 0 {
		return page, &Error{What: Forbidden, Why: "role"}
	}
	q.Today, q.Size = o.Today(), exportPage
	err = o.Store.Within(ctx, func(tx Tx) error {
		return o.export(ctx, tx, actor, "queue", func(int) (int, int, error) {
			if n := len(page.Cases); n > 0 {
				last := CursorOf(page.Cases[n-1])
				q.After = &last
			}
			next, err := tx.Queue(ctx, scope, q, o.entry(actor, ledger.Listed, "export"))
			next.Cases = append(page.Cases, next.Cases...)
			page = next
			have := len(page.Cases)
			if page.More {
				return have, MaxExport, err
			}
			return have, have, err
		})
	})
	return page, err
}

// ExportRefusals is the same for the reports of refused permits.
func (o *Office) ExportRefusals(ctx context.Context, actor access.Actor, show RefusalShow) (page RefusalPage, err error) {
	if !SeesRefusals(actor) {
		return page, errNoDesk
	}
	err = o.Store.Within(ctx, func(tx Tx) error {
		return o.export(ctx, tx, actor, "refusals", func(n int) (int, int, error) {
			next, err := tx.RefusalQueue(ctx, refusalScope(actor), RefusalQuery{Show: show, Today: o.Today(), Page: n, Size: exportPage}, o.refusalEntry(actor, ledger.Listed, "export"))
			next.Reports = append(page.Reports, next.Reports...)
			page = next
			return len(page.Reports), page.Total, err
		})
	})
	return page, err
}

// export reads one page after another until the list, or the limit, is reached, and records the file.
func (o *Office) export(ctx context.Context, tx Tx, actor access.Actor, list string, read func(page int) (have, total int, err error)) error {
	for n := 1; ; n++ {
		have, total, err := read(n)
		if err != nil {
			return err
		}
		if have >= min(total, MaxExport) || have < n*exportPage {
			e := o.entry(actor, ledger.Exported, list)
			e.Object = "export/" + list + "/" + strconv.Itoa(have)
			return tx.Record(ctx, e)
		}
	}
}
