import { Type } from 'typebox'
import { LOCALES } from '../../domain/account.ts'

const EXAMPLE = {
  phoneUrl: '/sandbox/phone/74213095124011/?embedded',
  person: { id: 74213095124011, firstName: 'Ann', languageCode: 'en' },
  bot: { username: 'postrider_bot' },
}

export const SandboxSchema = Type.Object(
  {
    phoneUrl: Type.String({
      format: 'uri-reference',
      description: 'The page with the phone, for a frame. Add `&lang=en` or `ru` and `&theme=light`, `dark` or `auto`.',
    }),
    person: Type.Object({
      id: Type.Integer({ description: "The person's number in the sandbox, which is that of their private chats." }),
      firstName: Type.String(),
      languageCode: Type.String({ description: `Such as ${LOCALES.map((locale) => `\`${locale}\``).join(' or ')}.` }),
    }),
    bot: Type.Object({ username: Type.String({ description: 'Of the shared bot, without `@`.' }) }),
  },
  { $id: 'Sandbox', title: 'Sandbox', examples: [EXAMPLE] },
)
