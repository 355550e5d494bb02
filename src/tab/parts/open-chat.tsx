import { Button, Text } from '@fluentui/react-components';
import { Chat20Regular } from '@fluentui/react-icons';
import { useDesk } from '../desk.tsx';

/** The way to the chat with the bot, where concerns are raised; in words where there is no link. */
export function OpenChat() {
  const { host, me } = useDesk();
  const { chat } = me;
  if (chat === null) return <Text>In Teams, open the chat with Signpost and type what happened.</Text>;
  return (
    <Button appearance="primary" icon={<Chat20Regular />} onClick={() => void host.openLink(chat)}>
      Open the chat with Signpost
    </Button>
  );
}
