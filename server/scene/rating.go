package scene

import (
	"context"
	"fmt"

	"anju/server/civic"
	"anju/server/permit"
)

// ratingStory is what somebody thinks of how the application was handled, and what the supervisor answered.
type ratingStory struct {
	who      string // without the city
	early    bool   // given the day after the permit was issued, however long ago: a bad one has waited past its day
	opinion  permit.Opinion
	answered *permit.RatingAnswer
}

// ratingStories are a good rating, a bad one that waits, one that has waited too long and one that is answered.
var ratingStories = []ratingStory{
	{"issued", false, permit.Opinion{Level: permit.VerySatisfied, Tags: []string{"speed", "told_clearly"}, Comment: "短信通知很及时，去一次就办好了。"}, nil},
	{"refused", false, permit.Opinion{Level: permit.Dissatisfied, Tags: []string{"papers"}, Comment: "合同是和室友一起签的，为什么不算？希望说清楚要补什么。"}, nil},
	{"lost", true, permit.Opinion{Level: permit.Dissatisfied, Tags: []string{"place"}, Comment: "取证的窗口中午没有人。"}, nil},
	{"cancelled", true, permit.Opinion{Level: permit.Dissatisfied, Tags: []string{"place"}, Comment: "取证的窗口中午没有人。"}, nil},
	{"declined", false, permit.Opinion{Level: permit.VeryDissatisfied, Tags: []string{"told_clearly"}, Comment: "跑了一趟才知道不归这里管。"}, &permit.RatingAnswer{Outcome: "corrected",
		Words: "预申请页面已经加上按住址找派出所的提示。给您添了麻烦，西桥派出所已经知道您的情况，去时不用再排队取号。"}},
}

// PlayRatings tells the stories of those who have been played. In a house in which they have been told it changes nothing.
func (h House) PlayRatings(ctx context.Context, played map[string]Played) error {
	present := h.Clock.Now()
	defer h.Clock.Set(present)
	for _, city := range Cities() {
		for _, story := range ratingStories {
			p, there := played[city.Prefix+"."+story.who]
			if !there || p.Reference == "" {
				continue
			}
			h.Clock.Set(present)
			if story.early {
				h.Clock.Set(ResidentOf(p.Key).IssuedOn(civic.DateOf(present)).AddDays(1).Start().Add(present.Sub(civic.DateOf(present).Start())))
			}
			file, err := h.Office.RateApplication(ctx, p.Citizen(), p.Reference, story.opinion)
			h.Clock.Set(present)
			if err == nil && story.answered != nil && !file.Rating.Answered() {
				actor, actorErr := h.Actor(ctx, city.Prefix+".supervise")
				if actorErr != nil {
					return actorErr
				}
				err = h.Office.AnswerRating(ctx, actor, file.Rating.ID, file.Rating.Version, *story.answered)
			}
			if err != nil {
				return fmt.Errorf("scene: the rating of %s: %w", p.Key, err)
			}
		}
	}
	return nil
}
