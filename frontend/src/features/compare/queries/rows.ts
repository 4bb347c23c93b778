import type { Schema } from '@/api/client'
import type { LocalText } from '@/ui/text/localText'
import type { ComparedListing } from './compared'

/** The parts of the rights that a package offers. */
export const rightParts = ['offer', 'exclusivity', 'field_of_use', 'territory', 'term_months'] as const satisfies readonly (keyof Schema<'Rights'>)[]
export type RightPart = (typeof rightParts)[number]

/** What is compared, in the order in which people choose: what it is, how ready, for how much, on what terms, proved how, until when. */
const fields = {
  kind: ({ head }) => head.kind,
  value_line: ({ content }) => content.value_line,
  technical_field: ({ content }) => content.technical_field,
  industry: ({ content }) => content.industry,
  region: ({ content }) => content.region,
  form: ({ content }) => content.form,
  trl: ({ content }) => content.trl,
  trl_evidence: ({ content }) => content.trl_evidence?.map(({ level, text }) => [level, text]),
  min_trl: ({ content }) => content.min_trl,
  price: ({ content }) => written([content.price, content.price_mode]),
  budget: ({ content }) => written([content.budget_min, content.budget_max]),
  cooperation: ({ content }) => sorted(content.cooperation),
  components: ({ content }) => content.components?.map(({ achievement_id, title, weight_bps }) => [achievement_id ?? title, weight_bps]),
  ...(Object.fromEntries(rightParts.map((part) => [part, (listing: ComparedListing) => rightsOf(listing, part)])) as Record<RightPart, Value>),
  room: ({ room }) => room?.state,
  ip_items: ({ content }) => content.ip_items && ipGroups(content.ip_items),
  claims: ({ content }) => content.claims,
  requirements: ({ content }) => content.requirements,
  wished_partners: ({ content }) => content.wished_partners,
  public_benefit: ({ content }) => content.public_benefit || undefined,
  year: ({ content }) => content.year,
  deadline: ({ content }) => content.deadline,
  confirm_by: ({ head }) => head.confirm_by,
  keywords: ({ content }) => written([sorted(content.keywords_zh), sorted(content.keywords_en)]),
} satisfies Record<string, Value>

type Value = (listing: ComparedListing) => unknown
export type Field = keyof typeof fields

/** The fields of the content that a row shows, where they go by another name; what is withheld is named by them. */
const shown: Partial<Record<Field, string[]>> = {
  budget: ['budget_min', 'budget_max'],
  ...(Object.fromEntries(rightParts.map((part) => [part, ['components']])) as Record<RightPart, string[]>),
  keywords: ['keywords_zh', 'keywords_en'],
}

/** What a cell has: something to show, nothing, or the tier that the reader lacks. */
export type Cell = { has: 'value' } | { has: 'nothing' } | { has: 'withheld'; tier: Schema<'Tier'> }

/** One row: a field beside itself in each listing. Figures that several listings give stand in rows of their own, by their metric. */
export interface Row {
  key: string
  field: Field
  metric?: LocalText
  differs: boolean
  cells: Cell[]
}

/** Values that belong together; none where each is none. */
function written(values: unknown[]): unknown {
  return values.some(comparable) ? values : undefined
}

/** Lists in which the order says nothing. */
function sorted<Item>(items: Item[] | undefined): Item[] | undefined {
  return items && [...items].sort()
}

function rightsOf({ content }: ComparedListing, part: RightPart): unknown {
  const said = (content.components ?? []).map(({ rights }) => rights?.[part] || undefined)
  return written(sorted([...new Set(said)]) ?? [])
}

/** The rights behind a result by kind and legal state, with how many there are of each. */
export function ipGroups(items: Schema<'IPItem'>[]): { kind: Schema<'IPItem'>['kind']; state: Schema<'IPItem'>['legal_state']; count: number }[] {
  const groups = new Map<string, ReturnType<typeof ipGroups>[number]>()
  for (const { kind, legal_state: state } of items) {
    const key = `${kind} ${state ?? ''}`
    groups.set(key, { kind, state, count: (groups.get(key)?.count ?? 0) + 1 })
  }
  return [...groups].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, group]) => group)
}

/** A name as it is told from another: wide and narrow letters, case and spaces count for nothing. */
function nameKey(name: string | undefined): string {
  return (name ?? '').normalize('NFKC').toLowerCase().replace(/\s+/g, '')
}

/** Whether two metrics are one: by their names in a language that both have, Chinese before English; else where one's name is the other's. */
export function sameMetric(one: LocalText, other: LocalText): boolean {
  const [a, b] = [one, other].map(({ zh, en }) => ({ zh: nameKey(zh), en: nameKey(en) })) as [Required<LocalText>, Required<LocalText>]
  if (a.zh && b.zh) return a.zh === b.zh
  if (a.en && b.en) return a.en === b.en
  return (a.zh || a.en) !== '' && (a.zh || a.en) === (b.zh || b.en)
}

/** A value by which two are told apart; '' for none. */
function comparable(value: unknown): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return ''
  return JSON.stringify(value)
}

/** The tier that the reader lacks for what a row shows of a listing. */
function lacking(listing: ComparedListing, field: Field): Schema<'Tier'> | undefined {
  const withheld = (shown[field] ?? [field]).find((each) => listing.withheld.includes(each))
  return withheld === undefined ? undefined : (listing.withheld_tiers?.[withheld] ?? 'NDA')
}

function cellOf(value: string, tier: Schema<'Tier'> | undefined): Cell {
  if (value) return { has: 'value' }
  return tier ? { has: 'withheld', tier } : { has: 'nothing' }
}

function row(listings: ComparedListing[], field: Field, of: Value, metric?: LocalText): Row {
  const values = listings.map((listing) => comparable(of(listing)))
  const tiers = listings.map((listing) => lacking(listing, field))
  // What is withheld is not known to be what another says.
  const told = new Set(values.map((value, index) => `${value} ${tiers[index] ?? ''}`))
  return {
    key: [field, nameKey(metric?.zh), nameKey(metric?.en)].filter(Boolean).join(' '),
    field,
    metric,
    differs: told.size > 1,
    cells: values.map((value, index) => cellOf(value, tiers[index])),
  }
}

/** The claims or the requirements of a listing that are about a metric; without one, those about no metric that others have too. */
export function figuresOf<Figure extends { metric?: LocalText }>(figures: Figure[] | undefined, metric: LocalText | undefined, sharedMetrics: readonly LocalText[]): Figure[] {
  const wanted = metric === undefined ? sharedMetrics : [metric]
  return (figures ?? []).filter((each) => wanted.some((other) => sameMetric(each.metric ?? {}, other)) === (metric !== undefined))
}

/** The metrics for which at least two of the listings have a figure, as the first of them writes them. */
export function sharedMetrics(listings: readonly ComparedListing[], field: 'claims' | 'requirements'): LocalText[] {
  const seen: { metric: LocalText; in: Set<number> }[] = []
  listings.forEach(({ content }, listing) => {
    for (const { metric } of content[field] ?? []) {
      if (!metric?.zh && !metric?.en) continue
      const known = seen.find((each) => sameMetric(each.metric, metric))
      if (known) known.in.add(listing)
      else seen.push({ metric, in: new Set([listing]) })
    }
  })
  return seen.filter((each) => each.in.size > 1).map(({ metric }) => metric)
}

/** The rows of a comparison, without those of which no listing has anything to say. */
export function comparedRows(listings: ComparedListing[]): Row[] {
  const rows = (Object.keys(fields) as Field[]).flatMap((field) => {
    if (field !== 'claims' && field !== 'requirements') return [row(listings, field, fields[field])]
    const metrics = sharedMetrics(listings, field)
    const about = (metric?: LocalText) => row(listings, field, ({ content }) => figuresOf<{ metric?: LocalText }>(content[field], metric, metrics), metric)
    return [...metrics.map(about), about()]
  })
  return rows.filter(({ cells }) => cells.some((cell) => cell.has !== 'nothing'))
}
