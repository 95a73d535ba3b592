//! Entities, values and facts as text, plain or in the syntax of conditions.

use super::ids::EntityId;
use super::model::{Argument, EventRecord, Statement};
use super::open::{PatternId, PatternText};
use super::value::Value;
use super::world::World;
use crate::policy::{AttributeId, Policy};
use crate::syntax::{entity as lexed, quoted};

impl World {
    /// `kind:id` without quotes, `_` for an entity that the world does not name: for answers, and wherever all text after the first `:` is the id.
    pub fn name(&self, policy: &Policy, ent: EntityId) -> String {
        let entity = self.entity(ent);
        if entity.id.is_empty() {
            return "_".to_owned();
        }
        format!("{}:{}", policy.kinds[entity.kind].meta.name, entity.id)
    }

    /// `kind:id` as a condition writes it: the id is quoted if it needs to be.
    pub fn lexed_name(&self, policy: &Policy, ent: EntityId) -> String {
        let entity = self.entity(ent);
        if entity.id.is_empty() {
            return "_".to_owned();
        }
        lexed(&policy.kinds[entity.kind].meta.name, entity.id)
    }

    /// A statement as a world file writes it: `dap(customer:fabrikam, partner:contoso)`, `device:"d7".added-by == partner:contoso`.
    pub fn statement_text(&self, policy: &Policy, statement: &Statement) -> String {
        let name = |ent| self.lexed_name(policy, ent);
        match *statement {
            Statement::Relation(relation, [holder, role, scope]) if relation == policy.unknown_roles => {
                format!("{} holds {} on {}", name(holder), name(role), name(scope))
            }
            Statement::Relation(relation, ends) => {
                let ends: Vec<String> = ends.into_iter().take_while(|&end| end != EntityId::NONE).map(name).collect();
                format!("{}({})", policy.relations[relation].meta.name, ends.join(", "))
            }
            Statement::Holds { holder, role, scope } => {
                format!("{} holds {} on {}", name(holder), policy.roles[role].meta.name, name(scope))
            }
            Statement::Member { member, group } => format!("{} in {}", name(member), name(group)),
            Statement::Value { entity, attribute, value } => {
                format!("{} == {}", self.attribute_text(policy, entity, attribute), self.value_text(policy, value))
            }
        }
    }

    /// A pattern as the world writes it; one that an event made is a fact.
    pub fn pattern_text(&self, policy: &Policy, pattern: PatternId) -> String {
        match &self.pattern(pattern).text {
            PatternText::Written(text) => text.to_string(),
            PatternText::Event(effect) => self.statement_text(policy, &effect.statement),
        }
    }

    /// The attribute of an entity as a pattern writes it: `device:"d7".added-by`; of one that the world does not name, with its kind as a
    /// variable: `device.added-by`.
    pub fn attribute_text(&self, policy: &Policy, entity: EntityId, attribute: AttributeId) -> String {
        let bearer = self.entity(entity);
        if bearer.id.is_empty() {
            return format!("{}.{}", policy.kinds[bearer.kind].meta.name, policy.attributes[attribute].name);
        }
        format!("{}:{}.{}", policy.kinds[bearer.kind].meta.name, quoted(bearer.id), policy.attributes[attribute].name)
    }

    /// An event as `what-if --do` takes it: `remove-dap by=user:gina customer=customer:fabrikam`.
    pub fn event_text(&self, policy: &Policy, record: &EventRecord) -> String {
        let event = &policy.events[record.event];
        let mut text = format!("{} by={}", event.meta.name, self.lexed_name(policy, record.by));
        for (parameter, argument) in event.parameters.iter().zip(&record.arguments) {
            let value = match argument {
                Argument::None => continue,
                Argument::One(value) => self.value_text(policy, *value),
                Argument::Many(values) if values.is_empty() => "[]".to_owned(),
                Argument::Many(values) => values.iter().map(|&value| self.value_text(policy, value)).collect::<Vec<_>>().join(", "),
            };
            text = format!("{text} {}={value}", parameter.name);
        }
        text
    }

    /// A value as a condition writes it.
    pub fn value_text(&self, policy: &Policy, value: Value) -> String {
        value.print(|ent| self.lexed_name(policy, ent), |symbol| quoted(self.text(symbol)))
    }
}
