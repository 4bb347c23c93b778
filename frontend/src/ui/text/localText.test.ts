import { expect, it } from 'vitest'
import { pickText } from './localText'

it.each([
  [{ zh: '电池', en: 'Battery' }, 'zh-CN', '电池', 'zh-CN'],
  [{ zh: '电池', en: 'Battery' }, 'en', 'Battery', 'en'],
  [{ en: 'Battery' }, 'zh-CN', 'Battery', 'en'],
  [{ zh: '电池', en: ' ' }, 'en', '电池', 'zh-CN'],
  [undefined, 'en', '', 'zh-CN'],
])('picks from %j in %s', (text, locale, found, lang) => expect(pickText(text, locale)).toEqual({ text: found, lang }))
