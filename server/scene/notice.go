package scene

import (
	"context"
	"fmt"

	"anju/server/office"
	"anju/server/permit"
)

// courseStory is somebody whose application lacked something, or whose clock stands still.
type courseStory struct {
	Person
	acts []courseAct
}

// courseAct is one deed of the story, so many days before the present.
type courseAct struct {
	ago  int
	verb string
}

// courseStories are, in each city, an application that waits for a supplement; in Zhangzhou one that has been supplemented, one in review
// whose clock stands still, and one for which a supervisor is asked to extend the deadline.
func courseStories() []courseStory {
	one := func(city City, key, name, phone, number, hukou, ethnic, tier string, ground string, stage permit.State, acts ...courseAct) courseStory {
		return courseStory{Person{Key: city.Prefix + "." + key, Name: name, Phone: phone, ID: number, Hukou: hukou, Ethnic: ethnic, City: city, Stage: stage, Tier: tier,
			Grounds: []string{ground}, Lang: "zh"}, acts}
	}
	const notify, accept, supplement, pause, request = permit.VerbNotify, permit.VerbAccept, permit.VerbSupplement, permit.VerbPause, permit.VerbRequestExtension
	return []courseStory{
		one(Zhangzhou, "to_supplement", "唐若兰", "13950600041", id("430202", "1996-06-18", 227), "430202", "01", "residence_permit", "employment", permit.ToSupplement, courseAct{6, notify}),
		one(Zhangzhou, "supplemented", "白承志", "13950600042", id("610302", "1984-11-02", 415), "610302", "01", "residence_permit", "employment", permit.PreApplied, courseAct{6, notify}, courseAct{2, supplement}),
		one(Zhangzhou, "paused", "巴特尔", "13950600043", id("150202", "1990-02-27", 513), "150202", "02", "residence_permit", "dwelling", permit.InReview, courseAct{8, accept}, courseAct{4, pause}),
		one(Zhangzhou, "extension", "谢文博", "13950600044", id("360302", "1978-08-30", 631), "360302", "01", "residence_permit", "employment", permit.InReview, courseAct{8, accept}, courseAct{1, request}),
		one(Zibo, "to_supplement", "闫晓彤", "13853300041", id("410302", "1999-09-09", 148), "410302", "01", "permit_3y", "contract_and_insurance", permit.InReview, courseAct{7, accept}, courseAct{3, notify}),
	}
}

// CoursePeople are the people of these stories.
func CoursePeople() (people []Person) {
	for _, story := range courseStories() {
		people = append(people, story.Person)
	}
	return people
}

// PlayCourse tells the story of one of these people; an unknown key is a defect of the caller.
func (h House) PlayCourse(ctx context.Context, key string) (Played, error) {
	for _, story := range courseStories() {
		if story.Key == key {
			return h.playCourse(ctx, story)
		}
	}
	panic("scene: nobody is called " + key)
}

func (h House) playCourse(ctx context.Context, story courseStory) (Played, error) {
	sent := story.Person
	sent.Stage = permit.PreApplied
	p, err := h.Play(ctx, sent)
	if err != nil {
		return p, err
	}
	p.Stage = story.Stage
	present := h.Clock.Now()
	defer h.Clock.Set(present)
	for i, act := range story.acts {
		h.Clock.Set(present.AddDate(0, 0, -act.ago))
		if err := h.courseAct(ctx, p, act.verb, i+1); err != nil {
			return p, fmt.Errorf("scene: %s, %s: %w", p.Key, act.verb, err)
		}
	}
	return p, nil
}

func (h House) courseAct(ctx context.Context, p Played, verb string, version int) error {
	o, d := h.Office, office.Decision{Reference: p.Reference, Version: version}
	if verb == permit.VerbSupplement {
		if err := o.AddEvidenceTo(ctx, p.Citizen(), p.Reference, office.Upload{Kind: "labour_contract", Bytes: retaken()}); err != nil {
			return err
		}
		return o.Supplement(ctx, p.Citizen(), office.Answering{Reference: p.Reference, Version: version, Key: office.NewKey(), Counter: "portal",
			Answer: func(a *permit.Draft) { a.Detail = "胜利路 18 号 3 栋 2 单元 502 室" }})
	}
	login := ".review"
	if version == 1 {
		login = ".accept"
	}
	actor, err := h.Actor(ctx, p.City.Prefix+login)
	if err != nil {
		return err
	}
	switch verb {
	case permit.VerbAccept:
		_, err = o.Accept(ctx, actor, d, permit.Acceptance{IdentitySeen: true, EvidenceSeen: true})
	case permit.VerbNotify:
		_, err = o.Notify(ctx, actor, d, p.deficiencies())
	case permit.VerbPause:
		_, err = o.StopClock(ctx, actor, d, "site_check", "请社区民警到住处核实租住情况")
	case permit.VerbRequestExtension:
		_, err = o.RequestExtension(ctx, actor, d, permit.ExtensionRequest{Ground: "special_case", Document: "（演示）市居住证实施办法", Note: "用人单位在外省，回函还没有到。"})
	}
	return err
}

// deficiencies is what the officer found in the first look.
func (p Played) deficiencies() []permit.Deficiency {
	if p.City == Zibo {
		return []permit.Deficiency{{Subject: "evidence-social_insurance_record", Code: "absent", Line: "请补充最近一年的缴费记录。"}, {Subject: "field-workplace", Code: "unclear"}}
	}
	return []permit.Deficiency{{Subject: "field-detail", Code: "unclear", Line: "请写明单元号。"}, {Subject: "evidence-labour_contract", Code: "illegible", Line: "请把签字页重新拍一张。"}}
}

// retaken is another picture of the document: the same one again would be no supplement.
func retaken() []byte { return photo(30) }
