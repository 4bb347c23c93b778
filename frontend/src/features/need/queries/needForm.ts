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
import { readThreshold } from './threshold'

type Content = Schema<'NeedContent'>
type Tier = Schema<'Tier'>
type Requirement = Schema<'Requirement'>

/** A requirement as it is typed. */
export interface RequirementForm {
  criterion: BothLanguages
  metric: BothLanguages
  operator: string
  threshold: string
  unit: string
  level: Requirement['level']
}

/** The form of a need: every answer present, numbers as typed. */
export interface NeedForm {
  title: BothLanguages
  problem: BothLanguages
  technical_key: BothLanguages
  expected_goal: BothLanguages
  requirements: RequirementForm[]
  keywords_zh: string[]
  keywords_en: string[]
  technical_field: string
  industry: string
  region: string
  budget_min: string
  budget_max: string
  cooperation: string[]
  wished_partners: string
  start_on: string
  end_on: string
  deadline: string
  min_trl: string
  anonymous: boolean
  audience: Tier
  tiers: Record<string, Tier>
  source: string
}

/** The parts of a need that can be kept in a tier of their own. */
export const needTierFields = ['problem', 'technical_key', 'expected_goal', 'requirements', 'budget_min', 'budget_max', 'wished_partners'] satisfies (keyof Content)[]

export function newRequirement(): RequirementForm {
  return { criterion: bothLanguages(undefined), metric: bothLanguages(undefined), operator: '>=', threshold: '', unit: '', level: 'must' }
}

export function needToForm(content: Partial<Content>): NeedForm {
  return {
    title: bothLanguages(content.title),
    problem: bothLanguages(content.problem),
    technical_key: bothLanguages(content.technical_key),
    expected_goal: bothLanguages(content.expected_goal),
    requirements: (content.requirements ?? []).map((each) => ({
      ...newRequirement(),
      ...each,
      criterion: bothLanguages(each.criterion),
      metric: bothLanguages(each.metric),
    })),
    keywords_zh: content.keywords_zh ?? [],
    keywords_en: content.keywords_en ?? [],
    technical_field: content.technical_field ?? '',
    industry: content.industry ?? '',
    region: content.region ?? '',
    budget_min: content.budget_min?.amount ?? '',
    budget_max: content.budget_max?.amount ?? '',
    cooperation: content.cooperation ?? [],
    wished_partners: content.wished_partners ?? '',
    start_on: content.start_on ?? '',
    end_on: content.end_on ?? '',
    deadline: content.deadline ?? '',
    min_trl: content.min_trl ? String(content.min_trl) : '',
    anonymous: content.anonymous ?? false,
    audience: content.audience ?? 'PUBLIC',
    tiers: content.tiers ?? {},
    source: content.source ?? '',
  }
}

/** With the threshold taken apart as it was typed: "≥ 95 %" is a comparison, a number and a unit. */
export function settled(form: RequirementForm): RequirementForm {
  const read = readThreshold(form.threshold)
  return read ? { ...form, operator: read.operator ?? form.operator, threshold: read.threshold, unit: read.unit || form.unit } : form
}

/** A threshold is a number; with none the requirement is one in words, and has no operator. */
function requirementOf(typed: RequirementForm): Requirement {
  const form = settled(typed)
  const threshold = written(form.threshold)
  return answered<Requirement>({
    criterion: writtenText(form.criterion) ?? {},
    metric: writtenText(form.metric),
    operator: threshold ? (form.operator as Requirement['operator']) : undefined,
    threshold,
    unit: written(form.unit),
    level: form.level,
  })
}

export function needToContent(form: NeedForm): Content {
  return answered<Content>({
    title: writtenText(form.title) ?? {},
    problem: writtenText(form.problem),
    technical_key: writtenText(form.technical_key),
    expected_goal: writtenText(form.expected_goal),
    // A line whose criterion is still to be written is not sent: the rest is saved all the same.
    requirements: writtenList(form.requirements.filter((each) => writtenText(each.criterion)).map(requirementOf)),
    keywords_zh: writtenList(form.keywords_zh),
    keywords_en: writtenList(form.keywords_en),
    technical_field: written(form.technical_field),
    industry: written(form.industry),
    region: written(form.region),
    budget_min: yuan(form.budget_min),
    budget_max: yuan(form.budget_max),
    cooperation: writtenList(form.cooperation),
    wished_partners: written(form.wished_partners),
    start_on: written(form.start_on),
    end_on: written(form.end_on),
    deadline: written(form.deadline),
    min_trl: wholeNumber(form.min_trl),
    anonymous: form.anonymous || undefined,
    audience: form.audience,
    tiers: Object.keys(form.tiers).length ? form.tiers : undefined,
    source: written(form.source),
  })
}
