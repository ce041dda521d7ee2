//! Facts of XBRL (2.1, section 4.6): elements of any name that say in which context their value holds. Each is a row,
//! so their names are taken for one.

use super::nodes::{DOCUMENT, Node, NodeId, Profile};

/// The attribute that makes an element a fact.
pub const CONTEXT: &str = "contextRef";
/// The name of merged elements, as a path writes it.
pub const ANY: &str = "*";
/// As many elements of other names are a sign of facts.
const SEVERAL: usize = 2;

impl Profile {
    /// Takes all facts of a parent for elements of one name, `*`.
    pub fn merge_facts(&mut self) {
        let parents: Vec<NodeId> =
            (0..self.nodes.len()).filter(|&id| self.facts(id).len() >= SEVERAL).collect();
        for &parent in &parents {
            self.merge(parent);
        }
        if !parents.is_empty() {
            self.compact();
        }
    }

    fn facts(&self, parent: NodeId) -> Vec<NodeId> {
        let is_fact = |&id: &NodeId| {
            let mut below = self.children(id).map(|id| self.node(id));
            below.any(|node| node.attribute && node.name == CONTEXT)
        };
        self.children(parent).filter(|id| self.node(*id).name != ANY).filter(is_fact).collect()
    }

    fn merge(&mut self, parent: NodeId) {
        let facts = self.facts(parent);
        let Some(&first) = facts.first() else { return };
        let any = self.add_node(parent, ANY, false);
        // Its place among its siblings is that of the first.
        self.nodes[any].position = self.nodes[first].position;
        for &fact in &facts {
            self.absorb(any, fact);
        }
        self.nodes[parent].children.retain(|id| !facts.contains(id));
    }

    /// Adds what is known of `from`, and of all below it, to `into`.
    fn absorb(&mut self, into: NodeId, from: NodeId) {
        let taken = &self.nodes[from];
        let (count, most, documents, after) = (taken.count, taken.most, taken.documents, taken.after);
        let values = taken.values.clone();
        let children: Vec<NodeId> = taken.children.clone();
        let node = &mut self.nodes[into];
        node.values.merge(&values);
        node.count += count;
        node.most = node.most.saturating_add(most);
        node.documents = node.documents.max(documents);
        node.after.add_all(after);
        node.twice = true;
        for child in children {
            let (name, attribute) = (self.nodes[child].name.clone(), self.nodes[child].attribute);
            let same = self
                .children(into)
                .find(|&id| self.nodes[id].name == name && self.nodes[id].attribute == attribute);
            let most = self.nodes[child].most;
            let target = same.unwrap_or_else(|| self.add_node(into, &name, attribute));
            let before = self.nodes[target].most;
            self.absorb(target, child);
            self.nodes[target].most = before.max(most);
            self.nodes[target].present += self.nodes[child].present;
        }
    }

    fn add_node(&mut self, parent: NodeId, name: &str, attribute: bool) -> NodeId {
        let (id, position) = (self.nodes.len(), self.nodes[parent].children.len());
        self.nodes.push(Node::new(parent, name, attribute, position));
        self.nodes[parent].children.push(id);
        id
    }

    /// Drops the nodes that nothing leads to any more; parents stay before their children.
    fn compact(&mut self) {
        let mut kept = vec![DOCUMENT];
        let mut at = 0;
        while at < kept.len() {
            kept.extend(self.children(kept[at]));
            at += 1;
        }
        let mut new_ids = vec![DOCUMENT; self.nodes.len()];
        for (new, &old) in kept.iter().enumerate() {
            new_ids[old] = new;
        }
        let mut nodes: Vec<Option<Node>> = std::mem::take(&mut self.nodes).into_iter().map(Some).collect();
        for old in kept {
            let Some(mut node) = nodes[old].take() else { continue };
            node.parent = new_ids[node.parent];
            for child in &mut node.children {
                *child = new_ids[*child];
            }
            self.nodes.push(node);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{convert::Progress, feed::Xml};

    #[test]
    fn facts_of_any_name_are_one_kind_of_element() {
        let mut profile = Profile::default();
        let document = "<x><c id='c1'/><a contextRef='c1' unitRef='u'>1</a><b contextRef='c1'>t</b>\
                        <a contextRef='c2' unitRef='u'>2.5</a><u id='u'/></x>";
        profile
            .read(document.as_bytes(), "x.xml", &Xml::default(), &Progress::default())
            .expect("a document");
        profile.merge_facts();
        let shown: Vec<String> = profile.ids().map(|id| profile.shown(id)).collect();
        assert_eq!(
            shown,
            ["/x", "/x/c", "/x/u", "/x/*", "/x/c/@id", "/x/u/@id", "/x/*/@contextRef", "/x/*/@unitRef"]
        );
        let fact = profile.node(4);
        assert_eq!((fact.count, fact.values.filled, fact.most), (3, 3, 3));
        assert_eq!(profile.node(8).present, 2);
        assert_eq!(profile.node(7).values.different(), 2);
    }
}
