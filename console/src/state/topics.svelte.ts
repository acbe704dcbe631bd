/** What the post shows beside tracks, alerts and incidents: each topic whole, as last heard on the stream. */
import type { TopicMessage, TopicViews } from '../api/types';

export class Topics {
  /** null before the first snapshot. */
  views = $state.raw<TopicViews | null>(null);

  restart(views: TopicViews): void {
    this.views = views;
  }

  hear(message: TopicMessage): void {
    if (this.views) this.views = { ...this.views, [message.kind]: message };
  }
}
