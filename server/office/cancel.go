package office

import (
	"context"

	"anju/server/access"
	"anju/server/permit"
)

// cancellers may cancel on a ground that one officer decides, and propose to cancel for false materials.
var cancellers = []access.Role{access.Acceptor, access.Reviewer}

// Cancel ends a permit on a ground (注销). False materials are only proposed: a supervisor confirms.
func (o *Office) Cancel(ctx context.Context, actor access.Actor, d PermitDecision, ground, note string) error {
	_, err := o.staffLive(ctx, actor, d, cancellers, func(with PermitFile, by permit.Doer) (permit.Change, error) {
		if ground == permit.GroundFalseMaterials {
			return permit.ProposeCancelling(with.Permit, with.Proposal, note, by, o.now())
		}
		return permit.Cancel(with.Permit, with.Proposal, ground, note, by, o.now())
	})
	return err
}

// ConfirmCancelling cancels for false materials, as another officer has proposed.
func (o *Office) ConfirmCancelling(ctx context.Context, actor access.Actor, d PermitDecision) error {
	_, err := o.staffLive(ctx, actor, d, []access.Role{access.Supervisor}, func(with PermitFile, by permit.Doer) (permit.Change, error) {
		return permit.ConfirmCancelling(with.Permit, with.Proposal, by, o.now())
	})
	return err
}

// RejectCancelling leaves a permit that another officer has proposed to cancel.
func (o *Office) RejectCancelling(ctx context.Context, actor access.Actor, d PermitDecision, note string) error {
	_, err := o.staffLive(ctx, actor, d, []access.Role{access.Supervisor}, func(with PermitFile, by permit.Doer) (permit.Change, error) {
		return permit.RejectCancelling(with.Permit, with.Proposal, note, by, o.now())
	})
	return err
}
