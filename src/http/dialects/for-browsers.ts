import { PAGE_PATH } from '../page-routes.ts'

/** Pages of the account page on which a person does what a path of a dialect is for. `web/src/router.tsx` has them. */
export const PAGES = {
  signUp: `${PAGE_PATH}sign-up`,
  signIn: `${PAGE_PATH}sign-in`,
  chats: `${PAGE_PATH}chats`,
  messages: `${PAGE_PATH}messages`,
} as const

/** Where there is no account page, the API's documentation has to do. */
export function pageOrDocs(page: string, { pageFolder }: { pageFolder: string | null }): string {
  return pageFolder === null ? '/docs' : page
}
