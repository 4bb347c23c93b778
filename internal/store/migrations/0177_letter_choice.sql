-- Which letters people decline, how far they have read the talks of deals, and
-- which notifications of messages a letter is to tell of.

-- +goose Up
CREATE TABLE letters_declined (
    account_id TEXT   NOT NULL,
    topic      TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    CONSTRAINT letters_declined_pk PRIMARY KEY (account_id, topic)
);

CREATE TABLE talk_readings (
    account_id TEXT   NOT NULL,
    deal_id    TEXT   NOT NULL,
    up_to      TEXT   NOT NULL, -- the newest message read
    at         BIGINT NOT NULL,
    CONSTRAINT talk_readings_pk PRIMARY KEY (account_id, deal_id),
    CONSTRAINT talk_readings_deal_fk FOREIGN KEY (deal_id) REFERENCES deals (id)
);
CREATE INDEX talk_readings_by_time ON talk_readings (at);

ALTER TABLE notifications ADD COLUMN message_id TEXT NOT NULL DEFAULT '';
-- 'waits' for a letter, or the event whose letter tells of it; '' where no letter
-- is to, as of what was there before this version.
ALTER TABLE notifications ADD COLUMN letter TEXT NOT NULL DEFAULT '';
CREATE INDEX notifications_gathered ON notifications (account_id, subject_id) WHERE letter <> '' AND read_at = 0;
