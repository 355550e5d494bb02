import {
  Button,
  Field,
  MessageBar,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  mergeClasses,
  Textarea,
  tokens,
  typographyStyles,
} from '@fluentui/react-components';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type {
  Acted,
  DeskOrganisation,
  LONGEST_REASON as Longest,
  Naming as NamingState,
  SHORTEST_REASON as Shortest,
} from '../../../web/desk/contract.ts';
import { CallError } from '../../api.ts';
import { useNameCalls } from '../../queries.ts';
import { shortMoment } from '../../words.ts';
import { wordsOf } from '../states.tsx';
import { changeBench, useBench } from './bench.ts';
import { Section } from './section.tsx';
import { Typed } from './typed.tsx';

/** As the server has them: the compiler holds the two together. In characters. */
const SHORTEST: typeof Shortest = 20;
const LONGEST: typeof Longest = 1_000;

const useStyles = makeStyles({
  line: { margin: 0 },
  form: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  buttons: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
  count: { display: 'block' },
  name: { ...typographyStyles.subtitle1, margin: 0 },
  screenOnly: { '@media print': { display: 'none' } },
});

type Props = {
  readonly reference: string;
  /** As the server has it: it alone says what can be done. */
  readonly naming: NamingState;
  readonly times: Pick<DeskOrganisation, 'timezone'>;
  readonly now: number;
};

/** How a safeguarding lead opens the name of somebody who keeps it, together with another. */
export function Naming({ reference, naming, times, now }: Props) {
  const styles = useStyles();
  const [trouble, setTrouble] = useState<Trouble>();
  const standing = useRef<HTMLParagraphElement>(null);
  const { request, canAsk, canAnswer, canLook, barred } = naming;
  // The button that was pressed is gone: how it stands now takes the focus.
  const steps: Steps = { reference, setTrouble, settled: () => standing.current?.focus() };
  return (
    <Section title="Opening the name">
      <p className={styles.line}>
        Only two safeguarding leads together can open it. All of this is on record, and the person who raised this can
        read it.
      </p>
      {request !== null && <Asked request={request} times={times} now={now} />}
      <p ref={standing} tabIndex={-1} className={styles.line}>
        {barred ?? sayNext(naming, times, now)}
      </p>
      {trouble !== undefined && (
        <MessageBar intent="error" layout="multiline" role="alert">
          <MessageBarBody>
            <MessageBarTitle>{trouble.title}</MessageBarTitle>
            {trouble.words}
          </MessageBarBody>
        </MessageBar>
      )}
      {canAsk && <AskForName {...steps} />}
      {canAnswer && request !== null && <AnswerRequest key={request.id} {...steps} request={request.id} />}
      {canLook && <OpenedName {...steps} />}
    </Section>
  );
}

type Trouble = { readonly title: string; readonly words: string };
type Steps = {
  readonly reference: string;
  readonly setTrouble: (trouble: Trouble | undefined) => void;
  readonly settled: () => void;
};

type AskedProps = Pick<Props, 'times' | 'now'> & { readonly request: NonNullable<NamingState['request']> };

/** The last request, with why. */
function Asked({ request: { askedBy, askedAt, reason }, times, now }: AskedProps) {
  const styles = useStyles();
  return (
    <>
      <p className={styles.line}>
        {askedBy} asked to open it on {shortMoment(askedAt, now, times)}:
      </p>
      {reason === null ? <p className={styles.line}>Why is not kept any more.</p> : <Typed>{reason}</Typed>}
    </>
  );
}

/** How it stands, and what its reader can do. */
function sayNext({ request, canAnswer, canLook }: NamingState, times: Props['times'], now: number): string {
  if (request === null) return 'Nobody has asked to open it.';
  const { askedBy, answeredBy, state } = request;
  const until = shortMoment(request.until, now, times);
  switch (state) {
    case 'waiting':
      return canAnswer
        ? `Do you agree? You can say so until ${until}.`
        : `Another safeguarding lead must agree by ${until}. Ask one to open this page.`;
    case 'agreed':
      return canLook
        ? `${answeredBy} agreed. The two of you can look at the name until ${until}.`
        : `${answeredBy} agreed. ${askedBy} and ${answeredBy} can look at the name until ${until}. Ask one of them.`;
    case 'refused':
      return `${answeredBy} did not agree. The name stays kept.`;
    case 'over':
      return answeredBy === null
        ? 'Nobody answered in time. The name stays kept.'
        : `${answeredBy} agreed. The time to look at the name is over.`;
  }
}

/** Asks for the name, and says why. What is typed is kept until it is done. */
function AskForName({ reference, setTrouble, settled }: Steps) {
  const styles = useStyles();
  const { nameReason } = useBench(reference);
  const { ask, isBusy } = useNameCalls(reference);
  const [isOpen, setOpen] = useState(false);
  const [wasTried, setTried] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const press = useRef({ text: '', key: '' });
  const text = nameReason.trim();
  const problem = problemOf(text);
  useEffect(() => {
    if (isOpen) field.current?.focus();
  }, [isOpen]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (problem !== '') return field.current?.focus();
    // The same words sent again are the same request.
    if (press.current.text !== text) press.current = { text, key: crypto.randomUUID() };
    setTrouble(undefined);
    ask(press.current, {
      done: (acted) => {
        if (!acted.done) return setTrouble(notDone(acted));
        changeBench(reference, { nameReason: '' });
        settled();
      },
      failed: (error) => setTrouble(troubleOf(error)),
    });
  };
  if (!isOpen) {
    return (
      <div className={styles.screenOnly}>
        <Button onClick={() => setOpen(true)}>Ask to open the name</Button>
      </div>
    );
  }
  return (
    <form
      className={mergeClasses(styles.form, styles.screenOnly)}
      aria-label="Ask to open the name"
      noValidate
      onSubmit={submit}
      onKeyDown={({ key }) => key === 'Escape' && setOpen(false)}
    >
      <Field
        label="Why must the name be opened?"
        required
        hint={
          <>
            The person who raised this will read it, and so will those who deal with this. Leave out names and numbers
            of patients.
            <span className={styles.count}>
              {text.length.toLocaleString('en-GB')} of {LONGEST.toLocaleString('en-GB')} characters
            </span>
          </>
        }
        validationMessage={problem !== '' && (wasTried || text.length > LONGEST) ? problem : undefined}
      >
        <Textarea
          ref={field}
          value={nameReason}
          rows={4}
          resize="vertical"
          onChange={(_, { value }) => changeBench(reference, { nameReason: value })}
        />
      </Field>
      <div className={styles.buttons}>
        <Button type="submit" appearance="primary" disabledFocusable={isBusy}>
          Ask another lead to agree
        </Button>
        <Button onClick={() => setOpen(false)}>Cancel</Button>
      </div>
    </form>
  );
}

function problemOf(text: string): string {
  if (text.length < SHORTEST) return `Say more of why: ${SHORTEST} characters or more`;
  const over = text.length - LONGEST;
  return over > 0 ? `Shorten this by ${over.toLocaleString('en-GB')} characters` : '';
}

/** Agrees to what another lead asked, or does not. */
function AnswerRequest({ reference, setTrouble, settled, request }: Steps & { readonly request: number }) {
  const styles = useStyles();
  const { answer, isBusy } = useNameCalls(reference);
  const [keys] = useState(() => ({ yes: crypto.randomUUID(), no: crypto.randomUUID() }));
  const send = (agrees: boolean) => {
    setTrouble(undefined);
    const body = { key: agrees ? keys.yes : keys.no, request, agrees };
    answer(body, {
      done: (acted) => {
        if (!acted.done) setTrouble(notDone(acted));
        settled();
      },
      failed: (error) => setTrouble(troubleOf(error)),
    });
  };
  return (
    <div className={mergeClasses(styles.form, styles.screenOnly)}>
      <p className={styles.line}>
        If you agree, the name is open to the two of you. The person who raised this is told at once: by whom, when and
        why.
      </p>
      <div className={styles.buttons}>
        <Button appearance="primary" disabledFocusable={isBusy} onClick={() => send(true)}>
          Agree, and open the name
        </Button>
        <Button disabledFocusable={isBusy} onClick={() => send(false)}>
          Do not agree
        </Button>
      </div>
    </div>
  );
}

/** Shows the name where it is asked for, and nowhere else: not on paper, and not when its reader comes back. */
function OpenedName({ reference, setTrouble, settled }: Steps) {
  const styles = useStyles();
  const { look, isBusy } = useNameCalls(reference);
  const [opened, setOpened] = useState<{ readonly name: string | null }>();
  const shown = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (opened !== undefined) shown.current?.focus();
  }, [opened]);
  const show = () => {
    setTrouble(undefined);
    look({ done: setOpened, failed: (error) => setTrouble({ title: 'The name is not shown', words: wordsOf(error) }) });
  };
  const hide = () => {
    setOpened(undefined);
    settled();
  };
  if (opened === undefined) {
    return (
      <div className={styles.screenOnly}>
        <Button appearance="primary" disabledFocusable={isBusy} onClick={show}>
          Show the name
        </Button>
      </div>
    );
  }
  return (
    <div className={mergeClasses(styles.form, styles.screenOnly)}>
      <p ref={shown} tabIndex={-1} className={styles.name}>
        {opened.name ?? 'The name is not kept any more.'}
      </p>
      <p className={styles.line}>Tell it only to those who must know it to keep somebody safe.</p>
      <div>
        <Button onClick={hide}>Hide the name</Button>
      </div>
    </div>
  );
}

function notDone({ notice }: Acted): Trouble {
  return { title: 'This was not done', words: notice };
}

/** Where no answer came, it may have been done all the same: nobody may be told that it was not. */
function troubleOf(error: Error): Trouble {
  const isRefused = error instanceof CallError && !UNKNOWN.includes(error.code);
  return {
    title: isRefused ? 'This was not done' : 'We do not know if this was done',
    words: isRefused ? wordsOf(error) : 'Signpost did not answer. Try again: it is only counted once.',
  };
}

const UNKNOWN: readonly CallError['code'][] = ['offline', 'fault', 'unavailable'];
