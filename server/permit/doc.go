// Package permit is the life of applications and permits as pure rules: what is asked (Draft, Check), one verb per file, states
// and clocks. It reads no clock and stores nothing; the office loads, asks here, and saves.
//
// The life of an application, for a first permit (申领) or for a card in the place of another (换领, 补领):
//
//	Draft ──submit──▶ pre_applied 预申请 ──accept──▶ in_review 审核 ──grant──▶ in_production 制证 ──produce──▶ to_collect 待领取 ──issue──▶ issued 已发放
//	                       │ decline                   │ refuse
//	                       ▼                           ▼
//	                   declined 不予受理             refused 不予发放
//
// What is changed without a card (变更 of the address) is done at the grant: in_review ──grant──▶ completed 已办结. An application about a permit
// that can no longer be what it asks for, because that permit was cancelled, replaced or found meanwhile, is refused for that reason, also from
// in_production and to_collect; nothing is ever issued on it.
//
// Something is missing (一次性告知, Decree 663 Art. 9). Before acceptance no clock runs yet; in review it stands still meanwhile:
//
//	pre_applied ──notify──▶ to_supplement 待补正 ──supplement──▶ pre_applied        (to_supplement ──decline──▶ declined)
//	in_review ──notify──▶ in_review, clock paused ──supplement, or resume──▶ in_review
//	in_review ──pause──▶ in_review, clock paused ──resume──▶ in_review
//	in_review ──request_extension──▶ in_review ──extend, or deny_extension──▶ in_review
//
// Invariants, each also a named CHECK in the database:
//   - a state and its dates agree: accepted_on and statutory_by exist from in_review on, decided_on from in_production on and in refused,
//     produced_on from to_collect on and in what was refused after it, issued_on in issued only;
//   - what is not a first permit names the permit that it is about; completed has no card, in_production one that is to come;
//   - a person has one open application, whatever it asks for: a card that is being made must not bear an address that is being changed;
//   - a fee is owed by renewals and replacements only (Decree 663 Art. 21), is paid once and before the card is handed over, and given back when
//     the application was refused;
//   - the statutory clock starts at acceptance, never at the pre-application (Decree 663 Art. 9);
//   - pauses begin in review only and never overlap; a decided case has none that is open, and the days by which it had to be decided were
//     counted with all of them;
//   - an application has one notice that waits for its answer at most, and a further one names only what is new through the supplement,
//     or a supervisor has agreed to it; who agrees is never who gives it;
//   - the deadline is extended once at most, within the ruleset's rule and by two persons;
//   - who reviews is never who accepted (contracts, section 5);
//   - declined and refused carry a reason (Decree 663 Art. 20(1): refusing a qualified applicant is an offence of staff);
//   - an agent applies by a rule of the ruleset, and of a child under 14 only a guardian who has consented; an application that needs a consent
//     has it, and one whose consent was withdrawn is not accepted;
//   - an issued application has exactly one permit, an application in another state none.
//
// The life of a permit, from its issue on. What is not marked as a rule is a decision of somebody; a permit that another replaces becomes
// superseded:
//
//	           ┌────────────endorse────────────┐
//	           ▼                               │
//	issue ▶ active ──suspend (rule: the day after endorse_by)──▶ suspended
//	         │ │ ▲                             │ │ ▲
//	         │ │ └─withdraw_loss──┐            │ │ └─withdraw_loss, when the endorsement was missed meanwhile
//	         │ └───report_loss──▶ lost ◀──report_loss
//	         │                     │ └─withdraw_loss, when the term ran out meanwhile─▶ expired
//	         ├──expire (rule: the day after valid_until)──▶ expired ◀── from suspended too
//	         ├──supersede──▶ superseded ◀── from suspended and lost too
//	         └──cancel──▶ cancelled ◀── from suspended and lost too
//
// supersede and the issue of the permit that follows are one deed: the old one is good until then. A change of the address leaves an active
// permit active. A permit that follows another begins as that one stood, suspended if its endorsement had been missed.
//
// A cancellation for false materials is proposed by one officer and confirmed by another (propose_cancelling, reject_cancellation leave the
// status as it is).
//
// Invariants; those marked * are named constraints of the database too:
//   - a status changes by an event and by nothing else, and each version of a permit is one event (*);
//   - suspended only after a due day that has passed, expired only after a term that has run out, active never past either of them on the day
//     since which it is active (*);
//   - one endorsement for each due day (*); the next one is due later; in the window the anniversary stays, late it is the late day;
//   - a rule takes effect on its own day, whenever the house comes to it; done twice it does nothing;
//   - expired, cancelled and superseded are ends;
//   - one permit follows a permit (*); unless its right was examined anew, term, tier and endorsement are those of the one before; the count of
//     residence goes on;
//   - the day of issue moves by a change of the address into another county only, where the ruleset says so;
//   - a permit is lost exactly while a loss report of it is open (*: at most one is);
//   - who confirms or rejects a cancellation is never who proposed it (*);
//   - lines of residence are only added; the continuous count never starts after the day asked for, and a late endorsement moves it to its day
//     where the ruleset says so.
//
// The life of a residence registration (居住登记), which is a record of its own and no application:
//
//	declare ▶ declared ──confirm──▶ confirmed ──end──▶ ended      (register: at the window; import: from the provincial system; both confirmed at once)
//	              │ │                   ▲ │ └─by the next registration, or by moving away
//	              │ └─end (withdrawn)─▶ ended
//	              └──reject──▶ rejected └─backdate (once)
//
// Invariants; those marked * are named constraints of the database too:
//   - a person has one confirmed registration in a city (*); the next one ends it on its own first day;
//   - a registration counts from the day of its declaration, or from an earlier one that its kind of evidence shows and an officer has seen (*);
//   - Since is never after On (*), and before it only after a move that keeps the count;
//   - half a year is reckoned from Since; what was rejected or withdrawn has neither (*);
//   - rejected and ended are ends, and say why (*).
//
// What people think of what was done for them (rating.go) is given once for each application that has ended and each endorsement (*), and changes
// none of this; bad ratings are answered, never by whoever had a hand in the case (*).
package permit
