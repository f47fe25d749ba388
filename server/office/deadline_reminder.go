package office

import (
	"context"
	"time"

	"anju/server/civic"
	"anju/server/permit"
)

// DeadlineReminderTx keeps which reminders of appointments and of days that applications wait for were sent.
type DeadlineReminderTx interface {
	// DueAppointments returns booked appointments on days of the reminder that were agreed before its own moment, whose account was not sent
	// it yet.
	DueAppointments(ctx context.Context, jurisdiction string, r permit.Reminder, limit int) ([]permit.Appointment, error)
	AppointmentReminded(ctx context.Context, a permit.Appointment, days int, message string) error
	// DueDeadlines returns the days of one matter for which the same holds.
	DueDeadlines(ctx context.Context, jurisdiction string, matter Matter, r permit.Reminder, limit int) ([]DueDeadline, error)
	DeadlineReminded(ctx context.Context, jurisdiction string, d DueDeadline, days int, message string) error
}

// Matter is what an application waits for its applicant to do.
type Matter string

// The matters.
const (
	MatterSupplement Matter = "supplement" // to answer a notice, by its recommended day
	MatterCollect    Matter = "collect"    // to collect what lies ready
)

// DueDeadline is whom to remind of what.
type DueDeadline struct {
	Application, Reference, Account string
	Matter                          Matter
	DueOn                           civic.Date
}

// remindAppointments puts a batch of reminders of appointments into the outbox, each written down with its text. One that was moved to another
// day is reminded of anew, one that was called off is not.
func (o *Office) remindAppointments(ctx context.Context, tx Tx, count *DailyCount) (int, error) {
	return o.remindOf(ctx, tx, count, func(r permit.Reminder, room int, now time.Time) (int, error) {
		due, err := tx.DueAppointments(ctx, count.Jurisdiction, r, room)
		if err != nil {
			return 0, err
		}
		for _, a := range due {
			account, err := tx.Account(ctx, a.Account)
			if err != nil {
				return 0, err
			}
			station, err := tx.Station(ctx, a.Jurisdiction, a.Station)
			if err != nil {
				return 0, err
			}
			m := o.message(account.Phone, account.Lang, "appointment_soon", appointmentWords(a, station, account.Lang)...)
			if err := o.putOff(ctx, tx, m, now); err != nil {
				return 0, err
			}
			if err := tx.AppointmentReminded(ctx, a, r.Days, m.ID); err != nil {
				return 0, err
			}
		}
		return len(due), nil
	})
}

// remindDeadlines does the same for the days that applications wait for.
func (o *Office) remindDeadlines(ctx context.Context, tx Tx, count *DailyCount) (int, error) {
	return o.remindOf(ctx, tx, count, func(r permit.Reminder, room int, now time.Time) (n int, err error) {
		for _, matter := range []Matter{MatterSupplement, MatterCollect} {
			due, err := tx.DueDeadlines(ctx, count.Jurisdiction, matter, r, room-n)
			if err != nil {
				return 0, err
			}
			for _, d := range due {
				account, err := tx.Account(ctx, d.Account)
				if err != nil {
					return 0, err
				}
				m := o.message(account.Phone, account.Lang, string(d.Matter)+"_soon", "Reference", d.Reference, "By", d.DueOn.String())
				if err := o.putOff(ctx, tx, m, now); err != nil {
					return 0, err
				}
				if err := tx.DeadlineReminded(ctx, count.Jurisdiction, d, r.Days, m.ID); err != nil {
					return 0, err
				}
			}
			if n += len(due); n == room {
				break
			}
		}
		return n, nil
	})
}

// remindOf goes through the reminders of today until a batch is full.
func (o *Office) remindOf(ctx context.Context, tx Tx, count *DailyCount, send func(r permit.Reminder, room int, now time.Time) (int, error)) (n int, err error) {
	now := o.now()
	for _, r := range permit.Reminders(civic.DateOf(now)) {
		if n == dailyBatch {
			break
		}
		sent, err := send(r, dailyBatch-n, now)
		if err != nil {
			return 0, err
		}
		n += sent
	}
	count.Reminded += n
	return n, nil
}

// putOff puts a text into the outbox, to go out by day.
func (o *Office) putOff(ctx context.Context, tx Tx, m Message, now time.Time) error {
	m.NotBefore = daytime(now)
	return tx.Send(ctx, m)
}
