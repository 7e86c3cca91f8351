import { createRootRoute, createRoute, createRouter, redirect } from '@tanstack/react-router'
import { meQuery } from './api/account.ts'
import { isSignedOut } from './api/problem.ts'
import { queryClient } from './api/query-client.ts'
import { lazyPage } from './shell/lazy-page.tsx'
import { readFilter } from './pages/messages/filter.ts'
import { SignInPage } from './session/sign-in-page.tsx'
import { SignUpPage } from './session/sign-up-page.tsx'
import { readReturn } from './session/return-to.ts'
import { BrokenPage, NoSuchPage } from './shell/broken-page.tsx'
import { mayHaveSession } from './told.ts'
import { Waiting } from './parts/waiting.tsx'

const root = createRootRoute()

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: readReturn,
  component: SignInPage,
})

const signUp = createRoute({
  getParentRoute: () => root,
  path: '/sign-up',
  validateSearch: readReturn,
  component: SignUpPage,
})

/** All pages that need an account: nobody sees them, not even empty, before it is known who asks. */
const account = createRoute({
  getParentRoute: () => root,
  id: 'account',
  beforeLoad: async ({ location }) => {
    const toSignIn = () => redirect({ to: '/sign-in', search: { next: location.href } })
    if (!mayHaveSession()) throw toSignIn()
    try {
      return { me: await queryClient.ensureQueryData({ ...meQuery, revalidateIfStale: true }) }
    } catch (error) {
      throw isSignedOut(error) ? toSignIn() : error
    }
  },
  ...lazyPage(() => import('./shell/shell.tsx'), 'Shell'),
})

const home = createRoute({
  getParentRoute: () => account,
  path: '/',
  ...lazyPage(() => import('./pages/home/home-page.tsx'), 'HomePage'),
})

const chats = createRoute({
  getParentRoute: () => account,
  path: '/chats',
  ...lazyPage(() => import('./pages/chats/chats-page.tsx'), 'ChatsPage'),
})

const messages = createRoute({
  getParentRoute: () => account,
  path: '/messages',
  validateSearch: readFilter,
  ...lazyPage(() => import('./pages/messages/messages-page.tsx'), 'MessagesPage'),
})

const message = createRoute({
  getParentRoute: () => account,
  path: '/messages/$messageId',
  ...lazyPage(() => import('./pages/messages/message-page.tsx'), 'MessagePage'),
})

const tokens = createRoute({
  getParentRoute: () => account,
  path: '/tokens',
  ...lazyPage(() => import('./pages/tokens/tokens-page.tsx'), 'TokensPage'),
})

const bots = createRoute({
  getParentRoute: () => account,
  path: '/bots',
  ...lazyPage(() => import('./pages/bots/bots-page.tsx'), 'BotsPage'),
})

const settings = createRoute({
  getParentRoute: () => account,
  path: '/account',
  ...lazyPage(() => import('./pages/account/account-page.tsx'), 'AccountPage'),
})

const operator = createRoute({
  getParentRoute: () => account,
  path: '/operator',
  ...lazyPage(() => import('./pages/operator/operator-page.tsx'), 'OperatorPage'),
})

/** Within the frame, from which one gets on. Whoever is not signed in is asked to first, as for any other page. */
const nowhere = createRoute({ getParentRoute: () => account, path: '$', component: NoSuchPage })

export const router = createRouter({
  basepath: '/app',
  routeTree: root.addChildren([
    signIn,
    signUp,
    account.addChildren([home, chats, messages, message, tokens, bots, settings, operator, nowhere]),
  ]),
  defaultPendingComponent: Waiting,
  defaultErrorComponent: BrokenPage,
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
