package console

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"anju/server/access"
	"anju/server/office"
	"anju/server/parts"
	"anju/server/permit"
	"anju/server/text"
	"anju/server/web"
)

// cardRoles keep the blank cards of their stations.
var cardRoles = []access.Role{access.Issuer, access.Supervisor}

// cardsPage is the stock of blank cards of the officer's stations, and the form that enters what came, was spoiled or was counted.
type cardsPage struct {
	Frame  parts.FrameView
	Visit  *web.Visit
	Errors parts.Errors
	Stocks []stockView
	Form   cardForm
}

// stockView is one station.
type stockView struct {
	Sum   parts.StatisticView
	Low   bool
	Moves parts.TableView
}

// cardForm is what was typed.
type cardForm struct {
	Station, Move, Number, Note, Key string
	Stations                         []parts.Option
	Moves                            []parts.Option
}

func (s *Console) cards(c *fiber.Ctx) error {
	page, err := s.cardsPage(c, cardForm{Key: office.NewKey()})
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, cardsView(page))
}

func (s *Console) cardsPage(c *fiber.Ctx, form cardForm) (cardsPage, error) {
	v := web.VisitOf(c)
	p := v.Printer
	page := cardsPage{Frame: frame(v, p.Say("console.cards.title")), Visit: v, Form: form}
	page.Frame.Path = "/console/cards"
	stocks, err := s.office.CardStocks(c.UserContext(), v.Actor)
	if err != nil {
		return page, err
	}
	for _, one := range stocks {
		name := pick(p, one.Station.Name)
		page.Form.Stations = append(page.Form.Stations, parts.Option{Value: one.Station.Code, Label: name})
		view := stockView{Low: one.Low, Sum: parts.StatisticView{Label: name, Value: strconv.Itoa(one.Balance), Unit: p.Say("console.cards.unit")}}
		if one.Low {
			view.Sum.Tone, view.Sum.Note = parts.Wait, p.Say("console.cards.low")
		}
		view.Moves = parts.TableView{ID: "moves-" + one.Station.Code, Caption: p.Say("console.cards.moves", "Station", name), Empty: p.Say("console.cards.none"), Columns: []parts.Column{
			{Label: p.Say("console.cards.when")}, {Label: p.Say("console.cards.move")}, {Label: p.Say("console.cards.number"), Numeric: true}, {Label: p.Say("console.cards.balance"), Numeric: true}, {Label: p.Say("console.cards.note")}}}
		for _, m := range one.Moves {
			view.Moves.Rows = append(view.Moves.Rows, moveLine(p, m))
		}
		page.Stocks = append(page.Stocks, view)
	}
	if len(page.Form.Stations) == 1 {
		page.Form.Station = page.Form.Stations[0].Value
	}
	for _, m := range permit.EnteredCardMoves() {
		page.Form.Moves = append(page.Form.Moves, parts.Option{Value: string(m), Label: p.Say("console.cards.move." + string(m)), Hint: p.Say("console.cards.hint." + string(m))})
	}
	return page, nil
}

func moveLine(p text.Printer, m office.CardEntry) []parts.Cell {
	sign := map[permit.CardMove]string{permit.CardsReceived: "+", permit.CardUsed: "-", permit.CardsSpoiled: "-", permit.CardsCounted: "="}[m.Move]
	return []parts.Cell{{Text: moment(p, m.At), Note: m.ByName}, {Text: p.Say("console.cards.move." + string(m.Move))}, {Text: sign + strconv.Itoa(m.N)}, {Text: strconv.Itoa(m.Balance)}, {Text: m.Note}}
}

func (s *Console) moveCards(c *fiber.Ctx) error {
	v := web.VisitOf(c)
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	typed := cardForm{Station: form.Get("station"), Move: form.Get("move"), Number: form.Get("number"), Note: form.Get("note"), Key: form.Get("key")}
	n, err := strconv.Atoi(strings.TrimSpace(typed.Number))
	if err != nil {
		n = -1
	}
	err = s.office.MoveCards(c.UserContext(), v.Actor, office.CardOrder{Station: typed.Station, Move: permit.CardMove(typed.Move), N: n, Note: typed.Note, Key: typed.Key})
	if err == nil {
		web.SetFlash(c, "cards")
		return web.SeeOther(c, "/console/cards")
	}
	faults := office.FaultsOf(err)
	if len(faults) == 0 {
		return err
	}
	page, err := s.cardsPage(c, typed)
	if err != nil {
		return err
	}
	page.Errors, page.Frame.HasErrors = errorsOf(v.Printer, faults), true
	return web.Render(c, fiber.StatusUnprocessableEntity, cardsView(page))
}
