import { expect, it } from 'vitest'
import { sizeText } from './size'

it.each([
  [0, '0 B'],
  [1023, '1,023 B'],
  [1536, '1.5 KB'],
  [10 * 1024 * 1024, '10 MB'],
  [3 * 1024 ** 4, '3,072 GB'],
])('%i bytes read as %s', (bytes, text) => expect(sizeText(bytes, 'en')).toBe(text))
