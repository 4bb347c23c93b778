-- Who saw what is read by the owner of the listing, newest first: each entry
-- names the owner, who never changes. What an owner's own people read is not in it.

-- +goose Up
ALTER TABLE disclosures ADD COLUMN owner_org TEXT NOT NULL DEFAULT '';
ALTER TABLE file_reads ADD COLUMN owner_org TEXT NOT NULL DEFAULT ''; -- '' of files that belong to no listing
ALTER TABLE disclosures DISABLE TRIGGER disclosures_append_only;
ALTER TABLE file_reads DISABLE TRIGGER file_reads_append_only;
UPDATE disclosures SET owner_org = (SELECT l.owner_org FROM listings l WHERE l.id = listing_id);
UPDATE file_reads SET owner_org = coalesce((SELECT l.owner_org FROM files f
    JOIN listings l ON l.kind = f.subject_kind AND l.id = f.subject_id WHERE f.id = file_id), '');
ALTER TABLE disclosures ENABLE TRIGGER disclosures_append_only;
ALTER TABLE file_reads ENABLE TRIGGER file_reads_append_only;
CREATE INDEX disclosures_of_owner ON disclosures (owner_org, id) WHERE viewer_org <> owner_org;
CREATE INDEX file_reads_of_owner ON file_reads (owner_org, id) WHERE org_id <> owner_org;
