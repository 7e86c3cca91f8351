import { Button, Modal } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Send } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { SendBox } from '../../parts/send-box.tsx'

/** The box that sends a message, when it is asked for. */
export function SendButton() {
  const { t } = useTranslation('messages')
  const [opened, { open, close }] = useDisclosure()
  return (
    <>
      <Button leftSection={<Send size={16} aria-hidden />} onClick={open}>
        {t('sendNew')}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={t('sendNew')}
        closeButtonProps={{ 'aria-label': t('close', { ns: 'common' }) }}
      >
        <SendBox />
      </Modal>
    </>
  )
}
