//! Files that say how an image is built or a pipeline runs, in a language of their own.

pub(super) mod apptainer;
pub(super) mod dockerfile;
pub(super) mod jenkinsfile;
