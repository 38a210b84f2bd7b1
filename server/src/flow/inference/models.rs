//! Models that are ready to predict. A model never changes, so what is kept of one stays right; a project's current model is asked of the
//! database each time, so a retrained one is used from its first moment on.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use labelwright_ml::{TrainedHead, predict::Predictor};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::{
    context::Context,
    flow::{FlowError, Result, blocking},
    jobs::features::device,
    store::models::Model,
};

/// Models that are kept, the one asked for last first. A head has about a megabyte.
const KEPT: usize = 16;

type Slot = Arc<OnceCell<Arc<Predictor>>>;

#[derive(Debug, Default)]
pub(super) struct Ready {
    slots: Mutex<VecDeque<(Uuid, Slot)>>,
}

impl Ready {
    /// The model's slot, put first. Whoever comes while it is loaded waits for the same loading.
    fn slot(&self, model: Uuid) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let known = slots.iter().position(|(id, _)| *id == model).and_then(|at| slots.remove(at));
        let entry = known.unwrap_or_else(|| (model, Slot::default()));
        let slot = entry.1.clone();
        slots.push_front(entry);
        slots.truncate(KEPT);
        slot
    }

    /// The model, loaded when it is first asked for.
    ///
    /// # Errors
    /// Its weights are gone or of another program.
    pub(super) async fn get(&self, ctx: &Context, model: &Model) -> Result<Arc<Predictor>> {
        let load = || async {
            let weights = ctx.blobs.get(&model.weights_key).await?;
            let device = device(&ctx.config);
            let head = blocking(move || TrainedHead::from_bytes(&weights).map(|head| Predictor::new(&head, &device))).await?;
            let unfit = |error| FlowError::Conflict(format!("version {} of the model can't be used here: {error}", model.version));
            Ok::<_, FlowError>(Arc::new(head.map_err(unfit)?))
        };
        self.slot(model.id).get_or_try_init(load).await.cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_models_asked_for_last_are_kept() {
        let ready = Ready::default();
        let id = |number: usize| Uuid::from_u128(number as u128);
        let first = ready.slot(id(0));
        for number in 1..=KEPT {
            assert!(!Arc::ptr_eq(&first, &ready.slot(id(number))));
            // Asked for again and again, the first one stays.
            assert!(Arc::ptr_eq(&first, &ready.slot(id(0))));
        }
        assert_eq!(ready.slots.lock().unwrap().len(), KEPT);
        assert!(ready.slots.lock().unwrap().iter().all(|(kept, _)| *kept != id(1)));
    }
}
