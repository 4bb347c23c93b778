/** What the query language can do, each with an example that finds something in its own language. */
export const searchTips = ['phrase', 'without', 'either', 'title_field', 'fields', 'trl', 'price', 'year'] as const
export type SearchTip = (typeof searchTips)[number]

const examples: Record<'zh-CN' | 'en', Record<SearchTip, string>> = {
  'zh-CN': {
    phrase: '“磷酸铁锂电池”',
    without: '电池 -回收',
    either: '电池 OR 滴灌',
    title_field: '标题:电池',
    fields: '关键词:储能',
    trl: '电池 成熟度:>=6',
    price: '价格:10万..500万',
    year: '年份:2020..2024',
  },
  en: {
    phrase: '"lithium iron phosphate"',
    without: 'battery -recycling',
    either: 'battery OR membrane',
    title_field: 'title:battery',
    fields: 'keyword:coating',
    trl: 'battery trl:>=6',
    price: 'price:100000..5000000',
    year: 'year:2020..2024',
  },
}

/** The example of a tip in a language. */
export function exampleOf(tip: SearchTip, locale: string): string {
  return examples[locale === 'en' ? 'en' : 'zh-CN'][tip]
}
