-- What each model said of a match when it first showed it to a side, what the
-- sides said of it, by which showing, and what became of it.

-- +goose Up
CREATE TABLE match_showings (
    match_id TEXT   NOT NULL,
    side     TEXT   NOT NULL CHECK (side IN ('need', 'subject')),
    model    TEXT   NOT NULL,
    place    BIGINT NOT NULL CHECK (place > 0),
    features JSONB  NOT NULL,
    score    BIGINT NOT NULL, -- millionths
    band     TEXT   NOT NULL CHECK (band IN ('strong', 'good', 'possible')),
    at       BIGINT NOT NULL,
    CONSTRAINT match_showings_pk PRIMARY KEY (match_id, side, model),
    CONSTRAINT match_showings_match_fk FOREIGN KEY (match_id) REFERENCES matches (id)
);
CREATE INDEX match_showings_of_model ON match_showings (model, at);

-- Earlier opinions were given on showings that nobody kept: their model is ''.
ALTER TABLE match_feedback ADD COLUMN reason_code TEXT NOT NULL DEFAULT '';
ALTER TABLE match_feedback ADD COLUMN side TEXT NOT NULL DEFAULT 'need' CHECK (side IN ('need', 'subject'));
ALTER TABLE match_feedback ADD COLUMN model TEXT NOT NULL DEFAULT '';
UPDATE match_feedback SET side = 'subject'
WHERE EXISTS (SELECT 1 FROM matches m WHERE m.id = match_feedback.match_id AND m.subject_org = match_feedback.org_id);
CREATE INDEX match_feedback_of_org ON match_feedback (org_id, at);
CREATE INDEX match_feedback_of_account ON match_feedback (account_id, match_id);

-- When a match first came to a fate. What it came to is the furthest of them.
CREATE TABLE match_outcomes (
    match_id    TEXT   NOT NULL,
    fate        TEXT   NOT NULL CHECK (fate IN ('introduced', 'taken_back', 'lapsed', 'declined', 'accepted', 'broken_off', 'drafted', 'signed')),
    at          BIGINT NOT NULL,
    reason_code TEXT   NOT NULL,
    model       TEXT   NOT NULL, -- the one that had shown it last before; '' where none had
    CONSTRAINT match_outcomes_pk PRIMARY KEY (match_id, fate),
    CONSTRAINT match_outcomes_match_fk FOREIGN KEY (match_id) REFERENCES matches (id)
);
INSERT INTO match_outcomes (match_id, fate, at, reason_code, model)
SELECT m.id, 'introduced', min(i.made_at), '', '' FROM matches m
JOIN introductions i ON i.need_id = m.need_id AND i.package_id = m.subject_id GROUP BY m.id;
INSERT INTO match_outcomes (match_id, fate, at, reason_code, model)
SELECT m.id, CASE i.state WHEN 'withdrawn' THEN 'taken_back' ELSE i.state END, min(i.ended_at), min(i.reason_code), '' FROM matches m
JOIN introductions i ON i.need_id = m.need_id AND i.package_id = m.subject_id AND i.state <> 'open' GROUP BY m.id, i.state;
INSERT INTO match_outcomes (match_id, fate, at, reason_code, model)
SELECT m.id, 'broken_off', min(d.ended_at), min(d.reason_code), '' FROM matches m
JOIN deals d ON d.need_id = m.need_id AND d.package_id = m.subject_id AND d.state = 'closed' GROUP BY m.id;
INSERT INTO match_outcomes (match_id, fate, at, reason_code, model)
SELECT m.id, 'drafted', min(c.drafted_at), '', '' FROM matches m
JOIN deals d ON d.need_id = m.need_id AND d.package_id = m.subject_id
JOIN contracts c ON c.deal_id = d.id GROUP BY m.id;
INSERT INTO match_outcomes (match_id, fate, at, reason_code, model)
SELECT m.id, 'signed', min(d.ended_at), '', '' FROM matches m
JOIN deals d ON d.need_id = m.need_id AND d.package_id = m.subject_id AND d.state = 'contracted' GROUP BY m.id;
