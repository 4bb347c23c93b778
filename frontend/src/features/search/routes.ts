import type { RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [
  {
    // One record with two addresses: typing on the home page turns it into the
    // results without losing the input.
    path: '/',
    alias: '/search',
    component: () => import('./pages/SearchPage.vue'),
    meta: { ownSearch: true },
  },
]

export default routes
