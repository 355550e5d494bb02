import {
  Button,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  Select,
  Textarea,
  tokens,
  typographyStyles,
} from '@fluentui/react-components';
import { type FormEvent, useId, useRef, useState } from 'react';
import type { Happening, Referral } from '../../../web/desk/contract.ts';
import { timeOfDay } from '../../words.ts';
import { type Draft, keepDraft, type Trouble } from './bench.ts';
import { ACTIONS, type Action, type Form, isAction } from './words.ts';

const useStyles = makeStyles({
  form: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalM,
    maxWidth: '720px',
    padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalL}`,
    background: tokens.colorNeutralBackground1,
    border: `${tokens.strokeWidthThin} solid ${tokens.colorNeutralStroke1}`,
    borderRadius: tokens.borderRadiusMedium,
    boxShadow: tokens.shadow4,
    '@media (max-width: 480px)': { paddingInline: tokens.spacingHorizontalM },
    '@media print': { display: 'none' },
  },
  title: { ...typographyStyles.subtitle2, margin: 0 },
  buttons: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
  count: { display: 'block' },
  /** It takes no room while it says nothing. */
  status: { display: 'contents' },
  news: { margin: 0, paddingInlineStart: tokens.spacingHorizontalL },
});

type Props = {
  readonly referral: Referral;
  readonly action: Action;
  readonly form: Form;
  readonly draft: Draft;
  readonly trouble: Trouble | null;
  readonly send: () => void;
  readonly putAway: () => void;
};

/** What is asked before an action is sent. What is typed is kept until it is done. */
export function ActionForm({ referral, action, form, draft, trouble, send, putAway }: Props) {
  const styles = useStyles();
  const title = useId();
  const place = useRef<HTMLFormElement>(null);
  const [wasTried, setTried] = useState(false);
  const problems = problemsOf(form, draft);
  const keep = (change: Partial<Draft>) => keepDraft(referral.reference, action, { ...draft, ...change });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const { choice, text } = problems;
    if (choice === '' && text === '') return send();
    place.current?.querySelector<HTMLElement>(choice === '' ? 'textarea, input' : 'select')?.focus();
  };
  const hint = (last: boolean) => (last ? form.hint : undefined);
  return (
    <form
      ref={place}
      className={styles.form}
      aria-labelledby={title}
      noValidate
      onSubmit={submit}
      onKeyDown={({ key }) => key === 'Escape' && putAway()}
    >
      <h2 id={title} className={styles.title}>
        {ACTIONS[action].label}
      </h2>
      {trouble !== null && (
        <MessageBar intent="error" layout="multiline" role="alert">
          <MessageBarBody>
            <MessageBarTitle>{trouble.title}</MessageBarTitle>
            {trouble.words}
          </MessageBarBody>
        </MessageBar>
      )}
      <News referral={referral} rows={referral.timeline.filter((row) => row.sequence > draft.since)} />
      {form.choice !== undefined && (
        <Field
          label={form.choice.label}
          required
          hint={hint(form.text === undefined)}
          validationMessage={wasTried && problems.choice !== '' ? problems.choice : undefined}
        >
          <Select value={draft.choice} onChange={(_, { value }) => keep({ choice: value })}>
            <option value="">Choose</option>
            {referral.possible[form.choice.of].map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </Select>
        </Field>
      )}
      {form.text !== undefined && (
        <Field
          label={form.text.label}
          required={form.text.isRequired}
          hint={
            <>
              {form.hint}
              <span className={styles.count}>{countOf(form.text.longest, draft.text)}</span>
            </>
          }
          validationMessage={isTooLong(form, draft) || (wasTried && problems.text !== '') ? problems.text : undefined}
        >
          {form.text.lines === 'many' ? (
            <Textarea
              value={draft.text}
              rows={5}
              resize="vertical"
              onChange={(_, { value }) => keep({ text: value })}
            />
          ) : (
            <Input value={draft.text} onChange={(_, { value }) => keep({ text: value })} />
          )}
        </Field>
      )}
      <div className={styles.buttons}>
        <Button type="submit" appearance="primary">
          {form.submit}
        </Button>
        <Button onClick={putAway}>Cancel</Button>
      </div>
    </form>
  );
}

type NewsProps = { readonly referral: Referral; readonly rows: readonly Happening[] };

/** Who did what while the form was open. The form stays as it is. */
function News({ referral, rows }: NewsProps) {
  const styles = useStyles();
  const news = rows.filter(({ kind }) => isAction(kind));
  return (
    <div role="status" className={styles.status}>
      {news.length > 0 && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>
            <MessageBarTitle>Since you opened this form</MessageBarTitle>
            <ul className={styles.news}>
              {news.map(({ sequence, at, what }) => (
                <li key={sequence}>
                  {what}, at {timeOfDay(at, referral)}
                </li>
              ))}
            </ul>
          </MessageBarBody>
        </MessageBar>
      )}
    </div>
  );
}

type Problems = { readonly choice: string; readonly text: string };

/** What is to be mended before it can be sent; empty where nothing is. */
function problemsOf(form: Form, draft: Draft): Problems {
  const isMissing = form.text?.isRequired === true && draft.text.trim() === '';
  const over = draft.text.trim().length - (form.text?.longest ?? Number.POSITIVE_INFINITY);
  return {
    choice: form.choice !== undefined && draft.choice === '' ? form.choice.missing : '',
    text: isMissing
      ? 'Write a few words'
      : over > 0
        ? `Shorten this by ${over.toLocaleString('en-GB')} characters`
        : '',
  };
}

function isTooLong({ text }: Form, draft: Draft): boolean {
  return text !== undefined && draft.text.trim().length > text.longest;
}

function countOf(longest: number, text: string): string {
  return `${text.trim().length.toLocaleString('en-GB')} of ${longest.toLocaleString('en-GB')} characters`;
}
