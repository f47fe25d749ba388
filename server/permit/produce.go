package permit

import "time"

// Produce records that the permit has been made (制证) and waits to be handed over.
func Produce(a Application, by Officer, now time.Time) (Application, Event, error) {
	a, event, err := a.step(VerbProduce, InProduction, ToCollect, by, now)
	if err == nil {
		a.ProducedOn = event.On
	}
	return a, event, err
}
