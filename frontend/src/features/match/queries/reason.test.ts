import { describe, expect, it } from 'vitest'
import { termsFor } from './reason'

const terms = ['电池', 'lithium iron phosphate', 'LoRa', '天玉 26', 'Cleaning']

describe('the expressions that two texts share', () => {
  it('are shown in the language that is read, with names that it takes over', () => {
    expect(termsFor('zh-CN', terms)).toEqual(['电池', 'LoRa', '天玉 26'])
    expect(termsFor('en', terms)).toEqual(['lithium iron phosphate', 'LoRa', 'Cleaning'])
  })

  it('are all shown where none is in that language', () => expect(termsFor('zh-CN', ['plants', 'water'])).toEqual(['plants', 'water']))
})
