package office

import (
	"context"

	"anju/server/access"
	"anju/server/permit"
)

func (o *Office) reportLoss(note string) lifeVerb {
	return func(with PermitFile, by permit.Doer) (permit.Change, error) {
		return permit.ReportLoss(with.Permit, by, note, o.now())
	}
}

func (o *Office) withdrawLoss(note string) lifeVerb {
	return func(with PermitFile, by permit.Doer) (permit.Change, error) {
		return permit.WithdrawLoss(with.Permit, by, note, o.now())
	}
}

// ReportOwnLoss reports the holder's own permit as lost (挂失): its code is shut at once. A permit that has been reported stays so.
func (o *Office) ReportOwnLoss(ctx context.Context, actor access.Actor, number string) error {
	_, err := o.ownLive(ctx, actor, number, o.reportLoss(""))
	if already(err, permit.Lost) {
		return nil
	}
	return err
}

// WithdrawOwnLoss takes the report back. A permit that is open again stays so.
func (o *Office) WithdrawOwnLoss(ctx context.Context, actor access.Actor, number string) error {
	_, err := o.ownLive(ctx, actor, number, o.withdrawLoss(""))
	if already(err, permit.Active) || already(err, permit.Suspended) || already(err, permit.Expired) {
		return nil
	}
	return err
}

// ReportLoss reports a permit as lost at the window.
func (o *Office) ReportLoss(ctx context.Context, actor access.Actor, d PermitDecision, note string) error {
	_, err := o.staffLive(ctx, actor, d, []access.Role{access.Acceptor}, o.reportLoss(note))
	return err
}

// WithdrawLoss takes a report back at the window.
func (o *Office) WithdrawLoss(ctx context.Context, actor access.Actor, d PermitDecision, note string) error {
	_, err := o.staffLive(ctx, actor, d, []access.Role{access.Acceptor}, o.withdrawLoss(note))
	return err
}
