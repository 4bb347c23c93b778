import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { i18n } from '@/i18n'
import { useFieldName } from './unfinished'

function nameOf(path: string): string {
  let name = ''
  mount({ setup: () => () => (name = useFieldName()(path)) }, { global: { plugins: [i18n] } })
  return name
}

it.each([
  ['price.amount', '意向价格'],
  ['/price/amount', '意向价格'],
  ['requirements', '技术要求'],
  ['requirements[0].metric', '技术要求 1 · 指标'],
  ['/claims/2/value', '性能指标 3 · 数值'],
  ['ip_items[1].legal_state', '知识产权 2'],
  ['components[0].rights.offer', '组成 1 · 提供方式'],
  ['components[2].achievement_id', '组成 3 · 对应成果'],
  ['components[1].weight_bps', '组成 2 · 权重'],
  ['no_such_field', 'no_such_field'],
])('names the answer at %s', (path, name) => expect(nameOf(path)).toBe(name))
