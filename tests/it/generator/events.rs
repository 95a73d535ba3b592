//! Events of generated packs.

use super::condition::Conditions;
use super::pack::Pack;
use super::schema::{ASSET, CLUB, KindIndex, ORG, PERSON, ROLE, SITE, Schema, Sort, TEAM, THING, TOP};
use super::tape::Tape;
use super::toml;
use delegraph::syntax::quoted;

/// The name and parameters of an event, which worlds need.
#[derive(Clone, Debug)]
pub struct Event {
    pub name: String,
    pub parameters: Vec<Parameter>,
}

#[derive(Clone, Debug)]
pub struct Parameter {
    pub name: String,
    pub sort: Sort,
    pub many: bool,
    pub optional: bool,
    /// It names a new entity.
    pub created: bool,
}

impl Parameter {
    fn kinds(&self) -> &[KindIndex] {
        match &self.sort {
            Sort::To(kinds) => kinds,
            _ => &[],
        }
    }
}

/// Adds events to a pack.
pub fn generate(pack: &mut Pack, tape: &mut Tape) {
    for at in 0..3 {
        let mut tape = tape.part(128);
        if tape.chance(65) {
            event(pack, &mut tape, at);
        }
    }
}

fn event(pack: &mut Pack, tape: &mut Tape, at: usize) {
    let schema = pack.schema.clone();
    let name = format!("event-{at}");
    let mut text = format!("[event.{name}]\n");
    let mut parameters = parameters(&schema, tape);
    if tape.chance(40) {
        let action = tape.pick(&schema.actions);
        text += &format!("does = '{}'\non = 'target'\n", action.name);
        parameters.push(Parameter {
            name: "target".to_owned(),
            sort: Sort::To(action.on.clone()),
            many: false,
            optional: false,
            created: false,
        });
    }
    if tape.chance(25) && schema.kinds[THING].within.is_empty() && parameters.iter().all(|known| known.name != schema.kinds[THING].name) {
        let kind = &schema.kinds[THING];
        let mut given = Vec::new();
        for attribute in &kind.attributes {
            let fits = |parameter: &&Parameter| {
                parameter.many == attribute.many
                    && parameter.kinds().iter().any(|kind| matches!(&attribute.sort, Sort::To(to) if to.contains(kind)))
            };
            given.extend(parameters.iter().find(fits).map(|parameter| format!("{} = '{}'", attribute.name, parameter.name)));
        }
        text += &format!("creates.{} = {{ {} }}\n", kind.name, given.join(", "));
        parameters.push(Parameter { name: kind.name.clone(), sort: Sort::To(vec![THING]), many: false, optional: false, created: true });
    }
    let with: Vec<&Parameter> = parameters.iter().filter(|parameter| !parameter.created).collect();
    for parameter in with {
        text += &format!("with.{} = {}\n", parameter.name, declared(&schema, parameter));
    }
    if tape.chance(45) {
        let mut conditions = event_conditions(&schema, &parameters);
        let condition = conditions.condition(tape, false);
        let [condition] = conditions.without_lone_variables([condition]);
        text += &format!("if = {}\n", toml::text(&condition));
    }
    for (key, count) in [("adds", 2), ("removes", 1)] {
        let effects: Vec<String> = (0..count)
            .filter(|_| tape.chance(60))
            .collect::<Vec<_>>()
            .into_iter()
            .filter_map(|_| effect(&schema, &parameters, tape, key == "removes"))
            .collect();
        text += &format!("{key} = {}\n", toml::list(&effects));
    }
    let sets: Vec<String> =
        (0..2).filter(|_| tape.chance(40)).collect::<Vec<_>>().into_iter().filter_map(|_| set(&schema, &parameters, tape)).collect();
    text += &format!("sets = {}\n", toml::list(&sets));
    let things: Vec<&Parameter> = parameters
        .iter()
        .filter(|parameter| !parameter.created && !parameter.kinds().is_empty() && !parameter.kinds().contains(&ROLE))
        .collect();
    if !things.is_empty() && tape.chance(20) {
        text += &format!("ends = ['{}']\n", tape.pick(&things).name);
    }
    text += &pack.metadata(tape, true);
    pack.elements.push(text);
    pack.schema.events.push(Event { name, parameters });
}

fn parameters(schema: &Schema, tape: &mut Tape) -> Vec<Parameter> {
    let mut parameters =
        vec![Parameter { name: "days".to_owned(), sort: Sort::Number, many: false, optional: tape.chance(15), created: false }];
    let offers: [(&str, &[KindIndex], bool); 7] = [
        ("who", &[PERSON], false),
        ("group", &[TEAM], false),
        ("where-to", &[ORG, SITE], false),
        ("places", &[ORG, SITE, ASSET], true),
        ("post", &[ROLE], false),
        ("whom", &[PERSON, TEAM], false),
        ("crew", &[PERSON], true),
    ];
    for (name, kinds, many) in offers {
        if tape.chance(50) {
            let name =
                if kinds.len() == 1 && kinds[0] != ROLE && tape.chance(40) { schema.kinds[kinds[0]].name.clone() } else { name.to_owned() };
            let optional = !many && tape.chance(12);
            if parameters.iter().any(|known| known.name == name) {
                continue;
            }
            parameters.push(Parameter { name, sort: Sort::To(kinds.to_vec()), many, optional, created: false });
        }
    }
    parameters.retain(|parameter| schema.relations.iter().all(|relation| relation.name != parameter.name));
    parameters
}

fn declared(schema: &Schema, parameter: &Parameter) -> String {
    let flags = [(parameter.many, ", many = true"), (parameter.optional, ", optional = true")];
    let flags: String = flags.iter().filter(|(set, _)| *set).map(|(_, text)| *text).collect();
    match &parameter.sort {
        Sort::To(kinds) => format!("{{ to = {}{flags} }}", toml::one_or_list(&schema.names(kinds))),
        _ => format!("{{ type = 'number'{flags} }}"),
    }
}

/// An empty condition of an event with these parameters.
fn event_conditions<'s>(schema: &'s Schema, parameters: &[Parameter]) -> Conditions<'s> {
    let mut conditions = Conditions::new(schema, TOP);
    conditions.subject = Some(schema.subjects());
    let entities = parameters.iter().filter(|parameter| !parameter.kinds().is_empty());
    conditions.parameters = entities.map(|parameter| (parameter.name.clone(), parameter.kinds().to_vec(), parameter.many)).collect();
    let others = parameters.iter().filter(|parameter| parameter.kinds().is_empty());
    conditions.reserved = others.map(|parameter| parameter.name.clone()).collect();
    conditions
}

/// A value that is set; `None` if there is nothing whose attribute it could be.
fn set(schema: &Schema, parameters: &[Parameter], tape: &mut Tape) -> Option<String> {
    let mut wheres = Vec::new();
    // Whose attribute it is: a parameter, one of several entities of a parameter, or the doer.
    let mut owners: Vec<(String, Vec<KindIndex>, Option<String>)> = Vec::new();
    for parameter in parameters.iter().filter(|parameter| !parameter.kinds().is_empty() && !parameter.kinds().contains(&ROLE)) {
        let (name, kinds) = (parameter.name.clone(), parameter.kinds().to_vec());
        owners.push(if parameter.many { ("each".to_owned(), kinds, Some(name)) } else { (name, kinds, None) });
    }
    owners.push(("subject".to_owned(), schema.subjects(), None));
    let (of, kinds, each_of) = tape.pick(&owners).clone();
    wheres.extend(each_of.map(|all| format!("each in {all}")));
    let attributes = kinds.iter().flat_map(|&kind| &schema.kinds[kind].attributes);
    let attributes: Vec<_> = attributes.filter(|attribute| !attribute.key && attribute.sort != Sort::Text).collect();
    if attributes.is_empty() {
        return None;
    }
    let attribute = *tape.pick(&attributes);
    // The value must fit the attribute of each of the kinds.
    let alike: Vec<&Sort> = attributes.iter().filter(|own| own.name == attribute.name).map(|own| &own.sort).collect();
    let value = match &attribute.sort {
        Sort::To(targets) | Sort::MemberOf(targets) => {
            let of_all = |kind: &&KindIndex| {
                alike.iter().all(|sort| matches!(sort, Sort::To(targets) | Sort::MemberOf(targets) if targets.contains(kind)))
            };
            let targets: Vec<KindIndex> = targets.iter().filter(of_all).copied().collect();
            let fits = |parameter: &&Parameter| !parameter.many && parameter.kinds().iter().any(|kind| targets.contains(kind));
            let mut values: Vec<String> = parameters.iter().filter(fits).map(|parameter| parameter.name.clone()).collect();
            values.extend(schema.subjects().iter().any(|kind| targets.contains(kind)).then(|| "subject".to_owned()));
            // A value that another attribute gives may be unknown or none, which is an error.
            let named = targets.iter().filter(|&&kind| kind == ORG || kind == TEAM);
            values
                .extend(named.map(|&kind| format!("{}:{}", schema.kinds[kind].name, quoted(if kind == ORG { "o1" } else { "t/admins" }))));
            if values.is_empty() {
                return None;
            }
            tape.pick(&values).clone()
        }
        sort if alike.iter().any(|other| *other != sort) => return None,
        Sort::OneOf(texts) => quoted(tape.pick::<&str>(texts)),
        Sort::Number => tape.below(4).to_string(),
        Sort::Date => "2020-06-19".to_owned(),
        Sort::Text => return None,
    };
    let days = parameters.iter().any(|parameter| parameter.name == "days" && parameter.sort == Sort::Number && !parameter.optional);
    let lasts = ["", "", " for 400 days", " for 9000 hours", if days { " for days days" } else { "" }];
    let lasts = *tape.pick(&lasts);
    let asked: Vec<String> = conditions_on(schema, &kinds).collect();
    if !asked.is_empty() && tape.chance(35) {
        // If the world does not have the attribute, it is unknown whether the value is set.
        wheres.push(format!("{of}.{}", tape.pick(&asked)));
    }
    let wheres = if wheres.is_empty() { String::new() } else { format!(" where {}", wheres.join(" and ")) };
    Some(format!("{of}.{} == {value}{lasts}{wheres}", attribute.name))
}

/// A fact that is added or removed; `None` if no term is found for one of its ends.
fn effect(schema: &Schema, parameters: &[Parameter], tape: &mut Tape, removes: bool) -> Option<String> {
    let mut bound: Vec<(String, String)> = Vec::new();
    // The variables of the fact whose attributes are read.
    let mut read: Vec<(String, Vec<KindIndex>)> = Vec::new();
    let mut count = 0;
    let mut term = |tape: &mut Tape, kinds: &[KindIndex], bound: &mut Vec<(String, String)>, wild: bool| -> Option<String> {
        count += 1;
        let meets = |own: &[KindIndex]| own.iter().any(|kind| kinds.contains(kind));
        let fits: Vec<&Parameter> = parameters.iter().filter(|parameter| meets(parameter.kinds())).collect();
        let single: Vec<&&Parameter> = fits.iter().filter(|parameter| !parameter.many).collect();
        let many: Vec<&&Parameter> = fits.iter().filter(|parameter| parameter.many).collect();
        match tape.weighted(&[55, 20, if removes && wild { 40 } else { 0 }, 10]) {
            1 if !many.is_empty() => {
                let name = *tape.pick(&["each", "one"]);
                let set = *tape.pick(&many);
                let taken = bound.iter().any(|(known, _)| known == name);
                (!taken).then(|| {
                    bound.push((name.to_owned(), set.name.clone()));
                    read.push((name.to_owned(), set.kinds().iter().copied().filter(|kind| kinds.contains(kind)).collect()));
                    name.to_owned()
                })
            }
            2 => {
                let name = format!("any-{}", 3 * tape.below(1000) + count);
                let occurs_twice = tape.chance(60) && conditions_on(schema, kinds).next().is_some();
                read.extend(occurs_twice.then(|| (name.clone(), kinds.to_vec())));
                Some(if occurs_twice { name } else { "_".to_owned() })
            }
            3 if meets(&schema.subjects()) => Some("subject".to_owned()),
            _ if !single.is_empty() => Some(tape.pick(&single).name.clone()),
            _ if meets(&schema.subjects()) => Some("subject".to_owned()),
            _ => None,
        }
    };
    let fact = match tape.weighted(&[60, 25, 15, 15]) {
        3 => {
            // One value of a many-valued attribute. It leaves the other values as they are.
            let bearers = [ASSET, THING, PERSON, CLUB].into_iter();
            let sets = bearers.flat_map(|kind| schema.kinds[kind].attributes.iter().map(move |attribute| (kind, attribute)));
            let sets: Vec<_> = sets.filter(|(_, attribute)| attribute.many && matches!(attribute.sort, Sort::To(_))).collect();
            if sets.is_empty() {
                return None;
            }
            let (bearer, attribute) = *tape.pick(&sets);
            let Sort::To(kinds) = &attribute.sort else { return None };
            let own = |parameter: &&Parameter| parameter.kinds() == [bearer] && !parameter.many;
            let of = match parameters.iter().find(own) {
                Some(parameter) => parameter.name.clone(),
                None if bearer == PERSON && schema.subjects() == [PERSON] => "subject".to_owned(),
                None if removes && parameters.iter().all(|known| known.name != schema.kinds[bearer].name) => {
                    schema.kinds[bearer].name.clone()
                }
                None => return None,
            };
            format!("{of}.{} == {}", attribute.name, term(tape, kinds, &mut bound, false)?)
        }
        1 => {
            let role = tape.pick(&schema.roles);
            let posts: Vec<&Parameter> = parameters.iter().filter(|parameter| parameter.kinds() == [ROLE]).collect();
            let name = if posts.is_empty() || tape.chance(40) { role.name.clone() } else { posts[0].name.clone() };
            let holder = term(tape, &schema.holders(), &mut bound, true)?;
            let on = term(tape, &role.on, &mut bound, true)?;
            format!("{holder} holds {name} on {on}")
        }
        2 => format!("{} in {}", term(tape, &[PERSON], &mut bound, true)?, term(tape, &[TEAM], &mut bound, true)?),
        _ => {
            let known: Vec<_> = schema.relations.iter().filter(|relation| relation.derived.is_none()).collect();
            let relation = *tape.pick(&known);
            let terms: Option<Vec<String>> = relation.ends.iter().map(|end| term(tape, end, &mut bound, true)).collect();
            format!("{}({})", relation.name, terms?.join(", "))
        }
    };
    let days = parameters.iter().any(|parameter| parameter.name == "days" && parameter.sort == Sort::Number) && !removes && tape.chance(35);
    let lasts = [" for days days", " for 400 days", " for days hours", " for 9000 hours"];
    let days = if days { *tape.pick(&lasts) } else { "" };
    let mut wheres: Vec<String> = bound.iter().map(|(name, set)| format!("{name} in {set}")).collect();
    for (name, kinds) in &read {
        // If the world does not have the attribute, it is unknown whether the effect happens.
        let asked: Vec<String> = conditions_on(schema, kinds).collect();
        let is_lone = bound.iter().all(|(known, _)| known != name);
        if !asked.is_empty() && (is_lone || tape.chance(30)) {
            wheres.push(format!("{name}.{}", tape.pick(&asked)));
        }
    }
    if tape.chance(20) {
        let mut conditions = event_conditions(schema, parameters);
        let condition = conditions.condition(tape, false);
        let [condition] = conditions.without_lone_variables([condition]);
        wheres.push(format!("({condition})"));
    }
    let wheres = if wheres.is_empty() { String::new() } else { format!(" where {}", wheres.join(" and ")) };
    Some(format!("{fact}{days}{wheres}"))
}

/// Comparisons of attributes of these kinds that may be true or false, each beginning with the name of the attribute.
fn conditions_on<'s>(schema: &'s Schema, kinds: &'s [KindIndex]) -> impl Iterator<Item = String> + 's {
    let attributes = kinds.iter().flat_map(|&kind| &schema.kinds[kind].attributes).filter(|attribute| !attribute.many);
    attributes.filter_map(|attribute| match &attribute.sort {
        Sort::Number => Some(format!("{} < 2", attribute.name)),
        Sort::OneOf(texts) => Some(format!("{} == \"{}\"", attribute.name, texts[0])),
        _ => None,
    })
}
