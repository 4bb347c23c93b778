import { signs } from '@/features/need/queries/requirement'
import { bothTexts } from '@/ui/text/localText'

/** The lists of codes by field, for the names of codes. */
export const codeLists: Record<string, string> = {
  technical_field: 'technical_field',
  industry: 'industry',
  strategic_industry: 'strategic_industry',
  region: 'region',
  form: 'form',
  price_mode: 'price_mode',
  contact_rule: 'contact_rule',
  cooperation: 'cooperation',
  audience: 'tier',
}

/** The fields in the order in which a person compares them; others follow by name. */
const order = [
  'title', 'value_line', 'abstract', 'problem', 'technical_key', 'expected_goal', 'details', 'claims', 'requirements', 'ip_items',
  'registration_number', 'funding_project', 'report_number', 'contributors', 'keywords_zh', 'keywords_en', 'year', 'trl', 'trl_evidence', 'form',
  'technical_field', 'industry', 'region', 'cooperation', 'price_mode', 'price', 'budget_min', 'budget_max', 'deadline',
]

export function byImportance(a: string, b: string): number {
  const place = (field: string) => (order.includes(field) ? order.indexOf(field) : order.length)
  return place(a) - place(b) || a.localeCompare(b)
}

/** What says something of the listing itself and cannot be taken over. */
const own = ['audience', 'tiers', 'source', 'anonymous']

export function carriable(field: string): boolean {
  return !own.includes(field)
}

type Entry = Record<string, unknown>

export function isRecord(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The items of a list that are things of their own, such as rights and claims; null for any other value. */
export function itemsOf(value: unknown): Entry[] | null {
  return Array.isArray(value) && value.length > 0 && value.every(isRecord) ? value : null
}

/** A text in two languages; null for any other value. */
export function textOf(value: unknown): { zh?: string; en?: string } | null {
  if (!isRecord(value) || Object.keys(value).some((key) => key !== 'zh' && key !== 'en')) return null
  return { zh: typeof value.zh === 'string' ? value.zh : undefined, en: typeof value.en === 'string' ? value.en : undefined }
}

/** Names of people and things before numbers; ids of files and people are nobody's reading. */
const unread = ['person_id', 'proof_file_id', 'file_id', 'confirmed', 'role', 'kind', 'proof_kind', 'legal_state']

/** What a person reads first of a thing; the rest follows. */
const first = ['name', 'metric', 'criterion', 'level', 'value', 'title', 'number', 'baseline', 'conditions']

/** What is claimed or asked for, with its sign and unit, as one value. */
function measured({ operator, threshold, value, unit, ...rest }: Entry): Entry {
  const amount = [typeof operator === 'string' && signs[operator], threshold ?? value, unit].filter(Boolean).join(' ')
  return amount ? { ...rest, value: amount } : rest
}

/** One thing of a list in one line; `named` has words for values that are codes. */
export function lineOf(item: Entry, named: (key: string, value: string) => string = (_, value) => value): string {
  const place = (key: string) => (first.includes(key) ? first.indexOf(key) : first.length)
  return Object.entries(measured(item))
    .filter(([key]) => !unread.includes(key))
    .sort(([a], [b]) => place(a) - place(b))
    .map(([key, value]) => (isRecord(value) ? bothTexts(textOf(value) ?? {}) : named(key, String(value))))
    .filter(Boolean)
    .join(' · ')
}
