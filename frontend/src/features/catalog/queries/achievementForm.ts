import type { Schema } from '@/api/client'
import {
  answered,
  bothLanguages,
  wholeNumber,
  written,
  writtenList,
  writtenText,
  yuan,
  type BothLanguages,
} from '@/features/listing/queries/content'

type Content = Schema<'AchievementContent'>
type Tier = Schema<'Tier'>

/** A claim as it is typed. */
export interface ClaimForm {
  metric: BothLanguages
  value: string
  unit: string
  baseline: BothLanguages
  conditions: BothLanguages
  proof_kind: 'declared' | 'document' | 'third_party'
  proof_file_id: string
}

/** What a readiness level rests on, as it is typed. */
export interface EvidenceForm {
  level: number
  text: BothLanguages
  file_id: string
}

/** An IP item as it is typed. */
export interface IPForm {
  kind: string
  number: string
  title: BothLanguages
  legal_state: string
  owners: IPOwnerForm[]
  jurisdiction: string
  family_id: string
  related_numbers: string[]
  filed_on: string
  published_on: string
  granted_on: string
  expires_on: string
}

/** One of the owners of a right: an organisation of the platform, or anybody by name. */
export interface IPOwnerForm {
  organisation_id: string
  name: string
}

/** A contributor as chosen; `name` is for showing. */
export interface ContributorForm {
  person_id: string
  name: string
  role: Schema<'Contributor'>['role']
  weight: string
}

/** The form of an achievement: every answer present, numbers as typed. */
export interface AchievementForm {
  title: BothLanguages
  value_line: BothLanguages
  abstract: BothLanguages
  details: BothLanguages
  keywords_zh: string[]
  keywords_en: string[]
  technical_field: string
  industry: string
  strategic_industry: string
  region: string
  claims: ClaimForm[]
  trl: string
  trl_evidence: EvidenceForm[]
  form: string
  ip_items: IPForm[]
  contributors: ContributorForm[]
  funding_project: string
  report_number: string
  registration_number: string
  cooperation: string[]
  price_mode: string
  price: string
  public_benefit: boolean
  year: string
  contact_rule: string
  audience: Tier
  tiers: Record<string, Tier>
  source: string
}

/** The parts of an achievement that can be kept in a tier of their own. */
export const achievementTierFields = ['details', 'claims', 'trl_evidence', 'ip_items', 'contributors', 'price', 'funding_project']

export function newClaim(): ClaimForm {
  return {
    metric: bothLanguages(undefined),
    value: '',
    unit: '',
    baseline: bothLanguages(undefined),
    conditions: bothLanguages(undefined),
    proof_kind: 'declared',
    proof_file_id: '',
  }
}

export function newIPItem(): IPForm {
  return {
    kind: 'invention',
    number: '',
    title: bothLanguages(undefined),
    legal_state: '',
    owners: [],
    jurisdiction: '',
    family_id: '',
    related_numbers: [],
    filed_on: '',
    published_on: '',
    granted_on: '',
    expires_on: '',
  }
}

export function achievementToForm(content: Partial<Content>): AchievementForm {
  return {
    title: bothLanguages(content.title),
    value_line: bothLanguages(content.value_line),
    abstract: bothLanguages(content.abstract),
    details: bothLanguages(content.details),
    keywords_zh: content.keywords_zh ?? [],
    keywords_en: content.keywords_en ?? [],
    technical_field: content.technical_field ?? '',
    industry: content.industry ?? '',
    strategic_industry: content.strategic_industry ?? '',
    region: content.region ?? '',
    claims: (content.claims ?? []).map((claim) => ({
      ...newClaim(),
      ...claim,
      metric: bothLanguages(claim.metric),
      baseline: bothLanguages(claim.baseline),
      conditions: bothLanguages(claim.conditions),
    })),
    trl: content.trl ? String(content.trl) : '',
    trl_evidence: (content.trl_evidence ?? []).map((each) => ({ level: each.level, text: bothLanguages(each.text), file_id: each.file_id ?? '' })),
    form: content.form ?? '',
    ip_items: (content.ip_items ?? []).map((item) => ({
      ...newIPItem(),
      ...item,
      title: bothLanguages(item.title),
      owners: (item.owners ?? []).map((owner) => ({ organisation_id: owner.organisation_id ?? '', name: owner.name ?? '' })),
    })),
    contributors: (content.contributors ?? []).map((each) => ({
      person_id: each.person_id,
      name: each.name ?? '',
      role: each.role,
      weight: String(each.weight),
    })),
    funding_project: content.funding_project ?? '',
    report_number: content.report_number ?? '',
    registration_number: content.registration_number ?? '',
    cooperation: content.cooperation ?? [],
    price_mode: content.price_mode ?? '',
    price: content.price?.amount ?? '',
    public_benefit: content.public_benefit ?? false,
    year: content.year ? String(content.year) : '',
    contact_rule: content.contact_rule ?? '',
    audience: content.audience ?? 'PUBLIC',
    tiers: content.tiers ?? {},
    source: content.source ?? '',
  }
}

export function achievementToContent(form: AchievementForm): Content {
  return answered<Content>({
    title: writtenText(form.title) ?? {},
    value_line: writtenText(form.value_line),
    abstract: writtenText(form.abstract),
    details: writtenText(form.details),
    keywords_zh: writtenList(form.keywords_zh),
    keywords_en: writtenList(form.keywords_en),
    technical_field: written(form.technical_field),
    industry: written(form.industry),
    strategic_industry: written(form.strategic_industry),
    region: written(form.region),
    claims: writtenList(
      form.claims.map((claim) =>
        answered({
          metric: writtenText(claim.metric) ?? {},
          value: claim.value.trim(),
          unit: written(claim.unit),
          baseline: writtenText(claim.baseline),
          conditions: writtenText(claim.conditions),
          proof_kind: claim.proof_kind,
          proof_file_id: written(claim.proof_file_id),
        }),
      ),
    ),
    trl: wholeNumber(form.trl),
    trl_evidence: writtenList(
      form.trl_evidence.map((each) => answered({ level: each.level, text: writtenText(each.text) ?? {}, file_id: written(each.file_id) })),
    ),
    form: written(form.form),
    ip_items: writtenList(
      form.ip_items.map((item) =>
        answered({
          kind: item.kind as Schema<'IPItem'>['kind'],
          number: written(item.number),
          title: writtenText(item.title),
          legal_state: written(item.legal_state) as Schema<'IPItem'>['legal_state'],
          owners: writtenList(
            item.owners
              .filter((owner) => owner.name.trim() || owner.organisation_id)
              .map((owner) => answered({ organisation_id: written(owner.organisation_id), name: written(owner.name) })),
          ),
          jurisdiction: written(item.jurisdiction.toUpperCase()),
          family_id: written(item.family_id),
          related_numbers: writtenList(item.related_numbers),
          filed_on: written(item.filed_on),
          published_on: written(item.published_on),
          granted_on: written(item.granted_on),
          expires_on: written(item.expires_on),
        }),
      ),
    ),
    contributors: writtenList(
      form.contributors.map((each) => ({ person_id: each.person_id, role: each.role, weight: wholeNumber(each.weight) ?? 1 })),
    ),
    funding_project: written(form.funding_project),
    report_number: written(form.report_number),
    registration_number: written(form.registration_number),
    cooperation: writtenList(form.cooperation),
    price_mode: written(form.price_mode) as Content['price_mode'],
    price: yuan(form.price),
    public_benefit: form.public_benefit || undefined,
    year: wholeNumber(form.year),
    contact_rule: written(form.contact_rule) as Content['contact_rule'],
    audience: form.audience,
    tiers: Object.keys(form.tiers).length ? form.tiers : undefined,
    source: written(form.source),
  })
}
