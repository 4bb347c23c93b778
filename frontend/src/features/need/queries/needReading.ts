import { useMutation } from '@tanstack/vue-query'
import { api, dataOf, type Schema } from '@/api/client'
import { needToForm, type NeedForm } from './needForm'

export type NeedReading = Schema<'NeedReading'>

/** What a field of the form could become by what was read. */
export interface Proposal {
  /** As in the API: "title", "requirements[0]". */
  path: string
  /** Where it was read, as it stands in the text; none where that says the same as the field would. */
  quotes: string[]
  /** The day from which a period was counted to this date. */
  countedFrom?: string
  /** Whether something else is written there already. */
  replaces: boolean
}

/** Reads a text; nothing of it is kept. */
export function useNeedReading() {
  return useMutation({ mutationFn: (text: string) => dataOf(api.POST('/needs/readings', { body: { text } })) })
}

export const longestText = 20_000

const texts = ['title', 'problem', 'technical_key', 'expected_goal'] as const
const answers = ['technical_field', 'industry', 'region', 'budget_min', 'budget_max', 'wished_partners', 'start_on', 'end_on', 'deadline', 'min_trl'] as const
const languages = ['zh', 'en'] as const

/** The place in a list that a path names: 2 of requirements[2]. */
const placeOf = (path: string): number => Number(/\[(\d+)\]/.exec(path)?.[1] ?? 0)

/** What a field has and would have, as far as it was read; lists are added to. */
function changes(path: string, read: NeedForm, form: NeedForm): { had: string; gets: string }[] {
  const text = texts.find((each) => each === path)
  if (text) return languages.filter((each) => read[text][each]).map((each) => ({ had: form[text][each].trim(), gets: read[text][each] }))
  const answer = answers.find((each) => each === path)
  if (answer) return [{ had: form[answer].trim(), gets: read[answer] }]
  if (path === 'keywords_zh' || path === 'keywords_en') return [{ had: form[path].join(), gets: read[path].join() }]
  if (path === 'cooperation') return read.cooperation.every((each) => form.cooperation.includes(each)) ? [] : [{ had: '', gets: read.cooperation.join() }]
  const criterion = JSON.stringify(read.requirements[placeOf(path)])
  return form.requirements.some((each) => JSON.stringify(each) === criterion) ? [] : [{ had: '', gets: criterion }]
}

/** What was read and is not written in the form already, in its order. */
export function proposalsOf(reading: NeedReading, form: NeedForm): Proposal[] {
  const read = needToForm(reading.content)
  return reading.sources.flatMap(({ path, passages, counted_from }) => {
    const changed = changes(path, read, form).filter(({ had, gets }) => had !== gets)
    if (changed.length === 0) return []
    const said = passages.map(({ quote }) => quote)
    const same = changed.length === 1 && said.join('\n') === changed[0]?.gets
    return [{ path, quotes: same ? [] : said, countedFrom: counted_from, replaces: changed.some(({ had }) => had !== '') }]
  })
}

/** The form with what was chosen of a reading. What was not chosen stays as it was typed. */
export function withRead(form: NeedForm, reading: NeedReading, paths: string[]): NeedForm {
  const read = needToForm(reading.content)
  const next: NeedForm = { ...form, requirements: [...form.requirements] }
  for (const path of paths) {
    const text = texts.find((each) => each === path)
    const answer = answers.find((each) => each === path)
    const requirement = read.requirements[placeOf(path)]
    if (text) next[text] = { zh: read[text].zh || form[text].zh, en: read[text].en || form[text].en }
    else if (answer) next[answer] = read[answer]
    else if (path === 'keywords_zh' || path === 'keywords_en') next[path] = [...read[path]]
    else if (path === 'cooperation') next.cooperation = [...new Set([...form.cooperation, ...read.cooperation])]
    else if (requirement) next.requirements.push(requirement)
  }
  return next
}
