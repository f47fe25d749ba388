package scene

import (
	"context"
	"time"

	"anju/server/office"
	"anju/server/permit"
)

// stockCards gives the main station of each city its blank cards, before anything is made with them.
func (h House) stockCards(ctx context.Context) error {
	present := h.Clock.Now()
	defer h.Clock.Set(present)
	h.Clock.Set(present.Add(-30 * 24 * time.Hour))
	for _, city := range Cities() {
		actor, err := h.Actor(ctx, city.Prefix+".issue")
		if err != nil {
			return err
		}
		if err := h.Office.MoveCards(ctx, actor, office.CardOrder{Station: city.Station(), Move: permit.CardsReceived, N: 300, Key: office.NewKey()}); err != nil {
			return err
		}
	}
	return nil
}
