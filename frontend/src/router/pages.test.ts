import { describe, expect, it } from 'vitest'
import pages from '../../pages.json'
import { router } from '.'

describe('the addresses of pages', () => {
  it('are those that the server knows, which answers any other with 404', () => {
    const addresses = router.getRoutes().map(({ path }) => path).filter((path) => path !== '/:path(.*)*')
    expect([...new Set(addresses)].sort()).toEqual(pages)
  })
})
