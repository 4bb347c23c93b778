// Package config holds the data that the program ships with: default
// settings, taxonomies, regions, legal rules with their dates, holidays,
// templates. Whoever needs a file reads it from Files; nothing here is code.
package config

import "embed"

// Files are the files of this folder, by name: "rules.yaml",
// "messages/zh-CN.json".
//
//go:embed *.yaml *.tsv match_asking.txt messages/*.json legal/*.json taxonomies/*.yaml templates/mail/*/*.txt demo/*.yaml
var Files embed.FS
