import type { PageCommand } from './commands.ts';
import type { Draft } from './draft.ts';
import type { Result } from './effects.ts';

type NodeCommand = Extract<
  PageCommand,
  { readonly type: 'addPersona' | 'deletePersona' | 'saveAsset' | 'addMessageTemplate' | 'deleteMessageTemplate' }
>;

/** What apps make for the Page that has an id of its own. */
export function changeNodes(draft: Draft, command: NodeCommand): Result {
  const { state } = draft;
  switch (command.type) {
    case 'addPersona':
    case 'deletePersona':
      return changePersonas(draft, command);
    case 'saveAsset': {
      const { fileType: type, url } = command;
      const id = nextNodeId(draft);
      draft.state = { ...draft.state, assets: [...state.assets, { id, type, url }] };
      return { type: 'done', id };
    }
    case 'addMessageTemplate': {
      const { name, language, components } = command;
      const id = nextNodeId(draft);
      draft.state = {
        ...draft.state,
        messageTemplates: [...state.messageTemplates, { id, name, language, components }],
      };
      return { type: 'done', id };
    }
    case 'deleteMessageTemplate':
      draft.state = { ...state, messageTemplates: state.messageTemplates.filter(({ name }) => name !== command.name) };
      return { type: 'done' };
  }
}

const firstNodeId = 1_900_000_000_000_001;

function nextNodeId(draft: Draft): string {
  const { nodeCount } = draft.state;
  draft.state = { ...draft.state, nodeCount: nodeCount + 1 };
  return String(firstNodeId + nodeCount);
}

type ChangePersonas = Extract<PageCommand, { readonly type: 'addPersona' | 'deletePersona' }>;

function changePersonas(draft: Draft, command: ChangePersonas): Result {
  const id = command.type === 'addPersona' ? nextNodeId(draft) : command.id;
  const { personas: before } = draft.state;
  const personas =
    command.type === 'addPersona'
      ? [...before, { id, name: command.name, pictureUrl: command.pictureUrl }]
      : before.filter((persona) => persona.id !== id);
  draft.state = { ...draft.state, personas };
  draft.effects.push({ type: 'personasChanged', names: personas.map(({ name }) => name) });
  return { type: 'done', id };
}
